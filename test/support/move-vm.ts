import type { Lab, MachineName } from '@ovn-docker/lab';
import { quietLink, setChecksumOffload } from '@ovn-docker/netlink';
import { Api } from './api.ts';

/**
 * Moves a VM's VIF from one hypervisor to another, as the end of a live migration does: unplugs it from
 * `from` and plugs it into `to` under the same `iface-id`, so that OVN binds the parent and all ports nested
 * under it to the other chassis. On a real Neutron, sets the port's host first, as Nova does; with
 * embedded-neutron the host is where the VIF is plugged.
 */
export async function moveVm(lab: Lab, vm: MachineName, from: MachineName, to: MachineName): Promise<void> {
  const tap = `tap-${vm}`;
  if (lab.state.apiKind === 'openstack') {
    const admin = await Api.login(lab, 'admin');
    const body = { port: { 'binding:host_id': to } };
    const { status } = await admin.call('PUT', `ports/${lab.state.vms[vm]?.portId}`, body);
    if (status !== 200) throw new Error(`the port of ${vm} is not bound to ${to}: ${status}`);
  }
  const ids = { 'iface-id': lab.state.vms[vm]?.portId ?? '', 'attached-mac': lab.state.vms[vm]?.mac ?? '' };
  await lab.machine(from).must(['ovs-vsctl', 'del-port', 'br-int', tap]);
  const { netns } = lab.machine(to).places;
  using source = lab.machine(from).netlink();
  source.setLink(tap, { netns });
  using target = lab.machine(to).netlink();
  target.setLink(tap, { up: true });
  setChecksumOffload(netns, tap, false);
  quietLink(netns, tap);
  const pairs = Object.entries({ ...ids, 'iface-status': 'active', 'vm-id': vm });
  const set = pairs.map(([key, value]) => `external_ids:${key}="${value}"`);
  const add = ['add-port', 'br-int', tap, '--', 'set', 'Interface', tap, ...set];
  await lab.machine(to).must(['ovs-vsctl', ...add]);
}
