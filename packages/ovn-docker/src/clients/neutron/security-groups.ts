import type { Neutron, SecurityGroup } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';
import { findOne } from './find-one.ts';
import { explained } from './refusals.ts';

/**
 * The ids of the security groups with these names or ids, among those that the credential sees. An admin sees
 * the groups of every project, and every project has a group `default`: of several groups with the same name,
 * the group of the credential's own project counts.
 * @throws OvnDockerError `E_SECURITY_GROUP_UNKNOWN` when a name or id is unknown, or a name is ambiguous
 */
export async function findSecurityGroups(neutron: Neutron, namesOrIds: readonly string[]): Promise<string[]> {
  if (namesOrIds.length === 0) return [];
  const all = await explained(neutron.securityGroups.all({ fields: ['id', 'name', 'project_id'] }));
  const groups = {
    all: async (query: { id: string } | { name: string }) =>
      'id' in query ? all.filter(({ id }) => id === query.id) : groupsCalled(query.name, all, neutron),
  };
  return Promise.all(
    namesOrIds.map(async (nameOrId) => {
      const errorFor = (subject: string) =>
        new OvnDockerError('E_SECURITY_GROUP_UNKNOWN', `${subject} called "${nameOrId}"`);
      const { id } = await findOne('security group', groups, nameOrId, {
        unknown: () => errorFor('no security group is'),
        ambiguous: ({ length }) => errorFor(`${length} security groups are`),
      });
      return id;
    }),
  );
}

/**
 * The groups with that name. If there are several and some belong to the credential's own project, only those
 * of that project.
 */
async function groupsCalled(
  name: string,
  all: readonly SecurityGroup[],
  neutron: Neutron,
): Promise<readonly SecurityGroup[]> {
  const named = all.filter((group) => group.name === name);
  if (named.length < 2) return named;
  const ownProject = await explained(neutron.ownProject());
  const own = named.filter(({ project_id }) => project_id === ownProject);
  return own.length > 0 ? own : named;
}

/** Splits a list of names or ids from a label or an option at its commas. */
export function splitGroups(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return names.filter(Boolean);
}
