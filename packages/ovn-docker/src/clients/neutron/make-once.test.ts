import { OpenStackConnectionError, OpenStackError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { makeOnce } from './make-once.ts';

const call = { method: 'POST', url: 'http://neutron/v2.0/ports' };
const timeout = new OpenStackConnectionError('OPENSTACK_TIMEOUT', call, 'unknown', 'no answer in 60 s');
const busy = (retryAfterMs: number) =>
  new OpenStackError(call, { status: 503, type: '', reason: 'busy', retryAfterMs });

/** A Neutron that fails with these errors in turn; the `shownAt`-th search finds the created resource. */
function failing(errors: readonly Error[], shownAt = Number.POSITIVE_INFINITY) {
  let sent = 0;
  let searches = 0;
  const send = async () => {
    const error = errors[sent++];
    if (error) throw error;
    return 'sent';
  };
  const find = async () => (++searches >= shownAt ? 'found' : undefined);
  return { make: () => makeOnce(send, find), counts: () => [sent, searches] };
}

it.each([
  ['a proxy', refusal(504, '')],
  ['the client', timeout],
])(
  'after a timeout of %s, finds the resource that Neutron creates a moment later and does not create another',
  async (_who, error) => {
    const { make, counts } = failing([error], 2);
    expect([await make(), counts()]).toEqual(['found', [1, 2]]);
  },
);

it('repeats a request whose answer was lost if Neutron has created nothing', async () => {
  const { make, counts } = failing([refusal(500, '')]);
  expect([await make(), counts()]).toEqual(['sent', [2, 1]]);
});

it('does not repeat the request when Neutron asks for a longer pause than the budget', async () => {
  const { make, counts } = failing([busy(10_000)]);
  await expect(make()).rejects.toMatchObject({ status: 503 });
  expect(counts()).toEqual([1, 1]);
});
