import type { BindingProfile, Port } from '@ovn-docker/openstack';
import { explained } from '../../clients/neutron/refusals.ts';
import type { Nic } from '../../nics/nic.ts';
import type { Vm } from '../vm.ts';

/** Port-binding mode: says parent and VLAN of a NIC's port again, which somebody has cleared or changed. */
export function bindAgain(nic: Nic, vm: Vm): Promise<void> {
  return bind(nic, { parent_name: vm.vifId, ...(nic.vlan === undefined ? {} : { tag: nic.vlan }) });
}

/** Port-binding mode: takes a NIC's port from its parent. */
export function unbind(nic: Nic): Promise<void> {
  return bind(nic, {});
}

/** What else there is in the profile stays; what somebody changes at the same moment, too (`If-Match`). */
async function bind(nic: Nic, to: BindingProfile): Promise<void> {
  if (!nic.port) return;
  const { ports } = nic.neutron;
  const now: Port = await explained(ports.get(nic.port.id));
  const { parent_name: _parent, tag: _tag, ...rest } = now['binding:profile'] ?? {};
  const profile = { ...rest, ...to };
  const { revision_number: ifMatch } = now;
  await explained(
    ports.update(now.id, { 'binding:profile': profile }, ifMatch === undefined ? {} : { ifMatch }),
  );
  // Only this: what the port was otherwise, the reconciler compares with.
  nic.port = { ...nic.port, 'binding:profile': profile };
}
