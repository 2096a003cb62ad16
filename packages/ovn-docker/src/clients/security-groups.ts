import type { Neutron } from '@ovn-docker/openstack';
import { OvnDockerError } from '../errors.ts';
import { explained } from './refusals.ts';

/**
 * Ids of the security groups with these names or ids, among those that the project sees.
 * @throws OvnDockerError `E_SECURITY_GROUP_UNKNOWN` when there is none, or more than one of a name
 */
export async function findSecurityGroups(neutron: Neutron, wanted: readonly string[]): Promise<string[]> {
  if (wanted.length === 0) return [];
  const all = await explained(neutron.securityGroups.all({ fields: ['id', 'name'] }));
  return wanted.map((nameOrId) => {
    const found = all.filter(({ id, name }) => id === nameOrId || name === nameOrId);
    const [group] = found;
    if (group && found.length === 1) return group.id;
    const what = found.length === 0 ? 'no security group is' : `${found.length} security groups are`;
    throw new OvnDockerError('E_SECURITY_GROUP_UNKNOWN', `${what} called "${nameOrId}"`);
  });
}

/** Names or ids with commas between, as labels and options have them. */
export function splitGroups(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return names.filter(Boolean);
}
