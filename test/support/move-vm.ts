import type { Lab, MachineName } from '@ovn-docker/lab';
import { quietLink, setChecksumOffload } from '@ovn-docker/netlink';

/**
 * Moves a VM's VIF from one hypervisor to another, as the end of a live migration does: unplugged here, plugged there under the same
 * `iface-id`, and OVN binds the parent, and all that is nested under it, to the other chassis.
 */
export async function moveVm(lab: Lab, vm: MachineName, from: MachineName, to: MachineName): Promise<void> {
  const link = `tap-${vm}`;
  const ids = { 'iface-id': lab.state.vms[vm]?.portId ?? '', 'attached-mac': lab.state.vms[vm]?.mac ?? '' };
  await lab.machine(from).must(['ovs-vsctl', 'del-port', 'br-int', link]);
  const { netns } = lab.machine(to).places;
  using here = lab.machine(from).netlink();
  here.setLink(link, { netns });
  using there = lab.machine(to).netlink();
  there.setLink(link, { up: true });
  setChecksumOffload(netns, link, false);
  quietLink(netns, link);
  const pairs = Object.entries({ ...ids, 'iface-status': 'active', 'vm-id': vm });
  const set = pairs.map(([key, value]) => `external_ids:${key}="${value}"`);
  const add = ['add-port', 'br-int', link, '--', 'set', 'Interface', link, ...set];
  await lab.machine(to).must(['ovs-vsctl', ...add]);
}
