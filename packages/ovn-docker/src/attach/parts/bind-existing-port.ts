import type { Port } from '@ovn-docker/openstack';
import { isNotFound } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { nicIdOf, portTags } from '../../nics/names.ts';
import type { Nic } from '../../nics/nic.ts';
import type { Vm } from '../../vm/vm.ts';
import { tagsOf } from './port-body.ts';

/**
 * Takes a port that a tenant made before, for example to have its address known to others: it gets our marks and, with
 * port binding, parent and VLAN. Its addresses and security groups stay as they are.
 */
export async function bindExisting(nic: Nic, existing: Port, vm: Vm, vlan: number): Promise<Port> {
  const { ports } = nic.neutron;
  // The marks first: from then on the reconciler finds the port, whatever comes of the rest.
  await ports.replaceTags(existing.id, [...foreignTags(existing), ...tagsOf(nic, vm)]);
  const port = await ports.get(existing.id);
  requireOurs(port, nic);
  if (vm.mode === 'trunk') return port;
  const profile = { ...port['binding:profile'], parent_name: vm.vifId, tag: vlan };
  const { revision_number: ifMatch } = port;
  return ports.update(existing.id, { 'binding:profile': profile }, ifMatch === undefined ? {} : { ifMatch });
}

/** Leaves the port as it was found. One that is gone meanwhile is fine. */
export async function unbindExisting(nic: Nic, existing: Port): Promise<void> {
  const { ports } = nic.neutron;
  try {
    const port = await ports.get(existing.id);
    const { parent_name, tag, ...profile } = port['binding:profile'] ?? {};
    // Somebody else was quicker: it is theirs. One without a mark is still ours: its owner has removed that.
    if ((nicIdOf(port.tags) ?? nic.id) !== nic.id) return void delete nic.port;
    if (parent_name !== undefined || tag !== undefined) {
      await ports.update(existing.id, { 'binding:profile': profile });
    }
    // Last: as long as it has our marks, the reconciler finds it.
    await ports.replaceTags(existing.id, foreignTags(port));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  delete nic.port;
}

/** Two VMs may have found the port unused at the same moment: the one whose mark stays has it. */
function requireOurs(port: Port, nic: Nic): void {
  if (nicIdOf(port.tags) === nic.id && port['binding:profile']?.parent_name === undefined) return;
  throw new OvnDockerError(
    'E_ADDRESS_IN_USE',
    `port ${port.id} was taken by somebody else at the same moment`,
  );
}

function foreignTags({ tags = [] }: Port): string[] {
  return tags.filter((tag) => !tag.startsWith(portTags.ours));
}
