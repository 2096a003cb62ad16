import { setChecksumOffload } from '@ovn-docker/netlink';
import { addPort, startOpenVswitch } from '../daemons/open-vswitch.ts';
import { startOvnController } from '../daemons/ovn.ts';
import type { Lab, LabState } from '../lab.ts';
import { type hypervisors, management, ports, underlay, type vms } from '../topology.ts';

type Hypervisor = (typeof hypervisors)[number];

/**
 * Starts a hypervisor like a compute node of Nova: br-ul has the tunnel's address (a userspace datapath needs
 * it on a bridge of the same datapath), br-prov leads to the provider network, and ovn-controller creates
 * br-int.
 */
export async function startHypervisor(lab: Lab, { name, underlay: address }: Hypervisor): Promise<void> {
  const machine = lab.machine(name);
  await startOpenVswitch(machine, lab.vswitch(name), {
    bridges: [
      { name: 'br-ul', ports: [{ name: 'phys0' }] },
      { name: 'br-prov', ports: [{ name: 'prov0' }] },
    ],
    externalIds: {
      'ovn-remote': `tcp:${underlay.central}:${ports.southbound}`,
      'ovn-encap-type': 'geneve',
      'ovn-encap-ip': address,
      'ovn-bridge-datapath-type': 'netdev',
      'ovn-bridge-mappings': `${management.physicalNetwork}:br-prov`,
      'ovn-monitor-all': 'true',
    },
  });
  using netlink = machine.netlink();
  netlink.setLink('br-ul', { up: true, mtu: underlay.mtu });
  netlink.addAddress('br-ul', `${address}/${underlay.prefixLength}`);
  setChecksumOffload(machine.places.netns, 'br-ul', false);
  await startOvnController(machine);
}

/**
 * Plugs a VM's VIF into the integration bridge with the id of its Neutron port, as Nova does when it starts a
 * VM.
 */
export async function plugVif(
  lab: Lab,
  vm: (typeof vms)[number],
  { portId, mac }: LabState['vms'][string],
): Promise<void> {
  const externalIds = { 'iface-id': portId, 'attached-mac': mac, 'iface-status': 'active', 'vm-id': vm.name };
  await addPort(lab.vswitch(vm.hypervisor), 'br-int', { name: `tap-${vm.name}`, externalIds });
}
