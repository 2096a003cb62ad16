import { setChecksumOffload } from '@ovn-docker/netlink';
import { startOpenVswitch } from '../daemons/open-vswitch.ts';
import type { Lab, LabState } from '../lab.ts';
import { METADATA, management, type vms } from '../topology.ts';

/**
 * Starts a tenant's VM: its interface is a port of its Open vSwitch, whose bridge has the VM's MAC and IP
 * address.
 */
export async function startVm(
  lab: Lab,
  { name }: (typeof vms)[number],
  { mac, address }: LabState['vms'][string],
): Promise<void> {
  const machine = lab.machine(name);
  await startOpenVswitch(machine, lab.vswitch(name), {
    bridges: [{ name: 'br0', mac, ports: [{ name: 'eth0' }] }],
  });
  // Otherwise Open vSwitch lowers the bridge to the smallest MTU of the containers' ports.
  await machine.must(['ovs-vsctl', 'set', 'interface', 'br0', 'mtu_request=1500']);
  using netlink = machine.netlink();
  netlink.setLink('br0', { up: true });
  netlink.addAddress('br0', `${address}/${management.prefixLength}`);
  // The metadata service is on the provider network. In other clouds, DHCP announces this route.
  netlink.addRoute({ to: `${METADATA}/32`, link: 'br0' });
  setChecksumOffload(machine.places.netns, 'br0', false);
}
