import { OpenStackConnectionError, OpenStackError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { makeOnce } from './make-once.ts';

const call = { method: 'POST', url: 'http://neutron/v2.0/ports' };
const timeout = new OpenStackConnectionError('OPENSTACK_TIMEOUT', call, 'unknown', 'no answer in 60 s');
const busy = (retryAfterMs: number) =>
  new OpenStackError(call, { status: 503, type: '', reason: 'busy', retryAfterMs });

/** A Neutron that fails in these ways, one after the other, and shows what it has made when it is asked for the n-th time. */
function failing(errors: readonly Error[], shownAt = Number.POSITIVE_INFINITY) {
  let sent = 0;
  let asked = 0;
  const send = async () => {
    const error = errors[sent++];
    if (error) throw error;
    return 'sent';
  };
  const find = async () => (++asked >= shownAt ? 'found' : undefined);
  return { make: () => makeOnce(send, find), counts: () => [sent, asked] };
}

it.each([
  ['a proxy', refusal(504, '')],
  ['the client', timeout],
])('given up by %s: what Neutron makes a moment later is found, and not made twice', async (_who, error) => {
  const { make, counts } = failing([error], 2);
  expect([await make(), counts()]).toEqual(['found', [1, 2]]);
});

it('a lost answer: sent again when there is nothing', async () => {
  const { make, counts } = failing([refusal(500, '')]);
  expect([await make(), counts()]).toEqual(['sent', [2, 1]]);
});

it('a Neutron that wants to be left alone for longer than anybody waits is left alone', async () => {
  const { make, counts } = failing([busy(10_000)]);
  await expect(make()).rejects.toMatchObject({ status: 503 });
  expect(counts()).toEqual([1, 1]);
});
