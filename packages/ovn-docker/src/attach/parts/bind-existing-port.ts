import type { Port } from '@ovn-docker/openstack';
import { nicIdOf, portTags } from '../../clients/neutron/port-tags.ts';
import { isNotFound } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Nic } from '../../nics/nic.ts';
import { profileWithoutParent } from '../../vm/parent-link/binding-link.ts';
import type { Vm } from '../../vm/vm.ts';
import { tagsOf } from './port-body.ts';

/**
 * Takes a port that a user created before, for example to have its address in DNS: adds the agent's Neutron
 * tags and, with port binding, parent and VLAN. Addresses and security groups stay as they are.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when another VM took the port at the same moment
 */
export async function bindExisting(nic: Nic, existing: Port, vm: Vm, vlan: number): Promise<Port> {
  const { ports } = nic.neutron;
  // Tags first: from here on the reconciler finds the port, even if the agent dies.
  await ports.replaceTags(existing.id, [...foreignTags(existing), ...tagsOf(nic, vm)]);
  const port = await ports.get(existing.id);
  requireOurs(port, nic);
  const parent = vm.parentLinks.of(nic).profile(vlan);
  if (parent === undefined) return port;
  const { revision_number: ifMatch } = port;
  return ports.update(
    existing.id,
    { 'binding:profile': { ...port['binding:profile'], ...parent } },
    ifMatch === undefined ? {} : { ifMatch },
  );
}

/** Leaves the port as the agent found it. A port that was deleted meanwhile is no error. */
export async function unbindExisting(nic: Nic, existing: Port): Promise<void> {
  const { ports } = nic.neutron;
  try {
    const port = await ports.get(existing.id);
    // If the port has the tag of another NIC, that NIC took the port. If it has no NIC's tag, the user
    // removed the tag, and the port is still this NIC's.
    if ((nicIdOf(port.tags) ?? nic.id) !== nic.id) return void delete nic.port;
    const { parent_name, tag } = port['binding:profile'] ?? {};
    if (parent_name !== undefined || tag !== undefined) {
      await ports.update(existing.id, { 'binding:profile': profileWithoutParent(port) });
    }
    // Tags last: until then the reconciler finds the port.
    await ports.replaceTags(existing.id, foreignTags(port));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  delete nic.port;
}

/** Two VMs can find the same port unused at the same moment: the VM whose tags are still there has it. */
function requireOurs(port: Port, nic: Nic): void {
  if (nicIdOf(port.tags) === nic.id && port['binding:profile']?.parent_name === undefined) return;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `another VM took port ${port.id} at the same moment`);
}

function foreignTags({ tags = [] }: Port): string[] {
  return tags.filter((tag) => !tag.startsWith(portTags.ours));
}
