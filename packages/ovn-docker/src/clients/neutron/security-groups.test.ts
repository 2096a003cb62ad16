import type { Neutron } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { findSecurityGroups } from './security-groups.ts';

const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;

/** The groups that an admin sees: those of several projects. */
const groups = [
  { id: id(1), name: 'default', project_id: 'mine' },
  { id: id(2), name: 'default', project_id: 'theirs' },
  { id: id(3), name: 'web', project_id: 'theirs' },
  { id: id(4), name: 'twice', project_id: 'mine' },
  { id: id(5), name: 'twice', project_id: 'mine' },
];
const neutron = {
  securityGroups: { all: async () => groups },
  ownProject: async () => 'mine',
} as unknown as Neutron;

it("a name means the own project's group first; an id means exactly that group", async () => {
  const found = await findSecurityGroups(neutron, ['default', 'web', id(2)]);
  expect(found).toEqual([id(1), id(3), id(2)]);
});

it.each([
  ['twice', '2 security groups are called "twice"'],
  ['nowhere', 'no security group is called "nowhere"'],
])('%s is refused', async (name, message) => {
  const found = findSecurityGroups(neutron, [name]);
  await expect(found).rejects.toMatchObject({ code: 'E_SECURITY_GROUP_UNKNOWN', message });
});
