import type { Neutron } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { findSecurityGroups } from './security-groups.ts';

/** What an admin sees: groups of several projects. */
const groups = [
  { id: '1', name: 'default', project_id: 'mine' },
  { id: '2', name: 'default', project_id: 'theirs' },
  { id: '3', name: 'web', project_id: 'theirs' },
  { id: '4', name: 'twice', project_id: 'mine' },
  { id: '5', name: 'twice', project_id: 'mine' },
];
const neutron = {
  securityGroups: { all: async () => groups },
  ownProject: async () => 'mine',
} as unknown as Neutron;

it('of several with a name, it is the own project’s; another project’s is found by a name that nobody else has', async () => {
  expect(await findSecurityGroups(neutron, ['default', 'web', '2'])).toEqual(['1', '3', '2']);
});

it.each([
  ['twice', '2 security groups are called "twice"'],
  ['nowhere', 'no security group is called "nowhere"'],
])('%s is refused', async (name, message) => {
  const found = findSecurityGroups(neutron, [name]);
  await expect(found).rejects.toMatchObject({ code: 'E_SECURITY_GROUP_UNKNOWN', message });
});
