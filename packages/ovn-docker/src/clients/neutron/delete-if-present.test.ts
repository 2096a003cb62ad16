import { expect, it } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { deleteIfPresent } from './delete-if-present.ts';

const failing = (error: Error) => ({ delete: () => Promise.reject(error) });

it('deletes by id', async () => {
  const deleted: string[] = [];
  await deleteIfPresent({ delete: async (id) => void deleted.push(id) }, 'port-1');
  expect(deleted).toEqual(['port-1']);
});

it('accepts that Neutron has no such resource', async () => {
  await expect(deleteIfPresent(failing(refusal(404, 'PortNotFound')), 'port-1')).resolves.toBeUndefined();
});

it.each([
  ["a gateway's 404, which says nothing about the resource", refusal(404, ''), 'E_API_FAILED'],
  ['a refusal', refusal(409, 'NetworkInUse'), 'E_NETWORK_IN_USE'],
])('rejects with the error for the user on %s', async (_what, error, code) => {
  await expect(deleteIfPresent(failing(error), 'network-1')).rejects.toMatchObject({ code });
});
