import { setChecksumOffload } from '@ovn-docker/netlink';
import { startOpenVswitch } from '../daemons/open-vswitch.ts';
import type { Lab, LabState } from '../lab.ts';
import { METADATA, management, type vms } from '../topology.ts';

/** A tenant's VM: its interface is a port of its own Open vSwitch, whose bridge carries the VM's MAC and address. */
export async function startVm(
  lab: Lab,
  { name }: (typeof vms)[number],
  { mac, address }: LabState['vms'][string],
): Promise<void> {
  const machine = lab.machine(name);
  await startOpenVswitch(machine, lab.vswitch(name), {
    bridges: [{ name: 'br0', mac, ports: [{ name: 'eth0' }] }],
  });
  using netlink = machine.netlink();
  netlink.setLink('br0', { up: true, mtu: 1500 });
  netlink.addAddress('br0', `${address}/${management.prefixLength}`);
  // The metadata service answers on the provider network; a cloud's DHCP would hand out this route.
  netlink.addRoute({ to: `${METADATA}/32`, link: 'br0' });
  setChecksumOffload(machine.places.netns, 'br0', false);
}
