import type { Lab, MachineName } from '@ovn-docker/lab';
import { quietLink, setChecksumOffload } from '@ovn-docker/netlink';
import { Api } from './api.ts';

/**
 * Moves a VM's VIF from one hypervisor to another, as the end of a live migration does: unplugged here, plugged there under the same
 * `iface-id`, and OVN binds the parent, and all that is nested under it, to the other chassis. A real Neutron is told first, as Nova
 * does it; embedded-neutron leaves the choice to the VIF's place.
 */
export async function moveVm(lab: Lab, vm: MachineName, from: MachineName, to: MachineName): Promise<void> {
  const link = `tap-${vm}`;
  if (lab.state.cloud === 'openstack') {
    const admin = await Api.login(lab, 'admin');
    const body = { port: { 'binding:host_id': to } };
    const { status } = await admin.call('PUT', `ports/${lab.state.vms[vm]?.portId}`, body);
    if (status !== 200) throw new Error(`the port of ${vm} is not bound to ${to}: ${status}`);
  }
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
