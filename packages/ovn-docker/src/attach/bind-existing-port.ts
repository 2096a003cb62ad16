import type { Port, PortUpdate } from '@ovn-docker/openstack';
import { isNotFound } from '../clients/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { tagsOf } from './port-body.ts';

/**
 * Takes a port that a tenant made before, for example to have its address known to others: it gets our marks and, with
 * port binding, parent and VLAN. Its addresses and security groups stay as they are.
 */
export async function bindExisting(nic: Nic, existing: Port, vm: Vm, vlan: number): Promise<Port> {
  const { ports } = nic.neutron;
  const body: PortUpdate =
    vm.mode === 'port-binding' ? { 'binding:profile': { parent_name: vm.vifId, tag: vlan } } : {};
  const port =
    vm.mode === 'port-binding' ? await ports.update(existing.id, body) : await ports.get(existing.id);
  await ports.replaceTags(existing.id, [...(existing.tags ?? []), ...tagsOf(nic, vm)]);
  return port;
}

/** Leaves the port as it was found. One that is gone meanwhile is fine. */
export async function unbindExisting(nic: Nic, existing: Port): Promise<void> {
  const { ports } = nic.neutron;
  if (!nic.port) return;
  try {
    const bound = nic.port['binding:profile']?.parent_name !== undefined;
    if (bound) await ports.update(existing.id, { 'binding:profile': {} });
    await ports.replaceTags(
      existing.id,
      (existing.tags ?? []).filter((tag) => !tag.startsWith('ovn-docker')),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  delete nic.port;
}
