import { expect, it } from 'vitest';
import { OvnDockerError } from '../../errors.ts';
import { findOne } from './find-one.ts';

const [ID, NAME_LIKE_ID, UNUSED_ID] = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];
const subnets = [
  { id: ID, name: 'web' },
  { id: 'a', name: NAME_LIKE_ID },
  { id: 'b', name: ID },
  { id: 'c', name: 'twice' },
  { id: 'd', name: 'twice' },
];
const collection = {
  all: async (query: { id: string } | { name: string }) =>
    subnets.filter((subnet) => ('id' in query ? subnet.id === query.id : subnet.name === query.name)),
};

it.each([
  ['a name', 'web', ID],
  ['an id, even if it is also the name of another resource', ID, ID],
  ['a name that looks like an id', NAME_LIKE_ID, 'a'],
])('finds a resource by %s', async (_what, nameOrId, id) => {
  expect(await findOne('subnet', collection, nameOrId)).toMatchObject({ id });
});

it.each([
  ['an unknown name', 'nowhere', 'E_NETWORK_UNKNOWN', 'no subnet "nowhere"'],
  ['an unknown id', UNUSED_ID, 'E_NETWORK_UNKNOWN', `no subnet "${UNUSED_ID}"`],
  ['an id that is not a UUID, because it counts as a name', 'a', 'E_NETWORK_UNKNOWN', 'no subnet "a"'],
  ['an ambiguous name', 'twice', 'E_NETWORK_AMBIGUOUS', '2 subnets are called "twice": c, d'],
])('refuses %s', async (_what, nameOrId, code, message) => {
  await expect(findOne('subnet', collection, nameOrId)).rejects.toMatchObject({ code, message });
});

it("rejects with the caller's own errors", async () => {
  const errors = {
    unknown: async () => new OvnDockerError('E_USAGE', 'none'),
    ambiguous: (found: readonly unknown[]) => new OvnDockerError('E_USAGE', `${found.length}`),
  };
  await expect(findOne('group', collection, 'nowhere', errors)).rejects.toThrow('none');
  await expect(findOne('group', collection, 'twice', errors)).rejects.toThrow('2');
});
