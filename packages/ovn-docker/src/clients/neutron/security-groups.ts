import type { Neutron, SecurityGroup } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';
import { explained } from './refusals.ts';

/**
 * Ids of the security groups with these names or ids, among those that the credential sees. An admin sees those of every project, and each
 * has a `default` one: of several with a name, it is the own project's.
 * @throws OvnDockerError `E_SECURITY_GROUP_UNKNOWN` when there is none, or more than one of a name
 */
export async function findSecurityGroups(neutron: Neutron, wanted: readonly string[]): Promise<string[]> {
  if (wanted.length === 0) return [];
  const all = await explained(neutron.securityGroups.all({ fields: ['id', 'name', 'project_id'] }));
  return Promise.all(wanted.map((nameOrId) => findOne(neutron, all, nameOrId)));
}

async function findOne(neutron: Neutron, all: readonly SecurityGroup[], nameOrId: string): Promise<string> {
  const found = all.filter(({ id, name }) => id === nameOrId || name === nameOrId);
  const project = found.length > 1 ? await explained(neutron.ownProject()) : undefined;
  const own = found.filter(({ project_id }) => project_id === project);
  const [group, ...others] = own.length > 0 ? own : found;
  if (group && others.length === 0) return group.id;
  const what = found.length === 0 ? 'no security group is' : `${found.length} security groups are`;
  throw new OvnDockerError('E_SECURITY_GROUP_UNKNOWN', `${what} called "${nameOrId}"`);
}

/** Names or ids with commas between, as labels and options have them. */
export function splitGroups(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return names.filter(Boolean);
}
