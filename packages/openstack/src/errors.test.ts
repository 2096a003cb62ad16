import { expect, test } from 'vitest';
import { errorTable } from './error-table.ts';
import { mayHaveTakenEffect, OpenStackConnectionError, OpenStackError } from './errors.ts';

const call = { method: 'POST', url: 'http://cloud.test/v2.0/ports' };
const answer = (status: number, type = '') => new OpenStackError(call, { status, type, reason: 'because' });

test.each([
  [400, 'OPENSTACK_BAD_REQUEST'],
  [401, 'OPENSTACK_UNAUTHORIZED'],
  [403, 'OPENSTACK_FORBIDDEN'],
  [404, 'OPENSTACK_NOT_FOUND'],
  [405, 'OPENSTACK_BAD_REQUEST'],
  [409, 'OPENSTACK_CONFLICT'],
  [412, 'OPENSTACK_PRECONDITION_FAILED'],
  [413, 'OPENSTACK_RATE_LIMITED'],
  [429, 'OPENSTACK_RATE_LIMITED'],
  [500, 'OPENSTACK_SERVER_ERROR'],
  [503, 'OPENSTACK_UNAVAILABLE'],
  [302, 'OPENSTACK_UNEXPECTED_STATUS'],
] as const)('%d is %s', (status, code) => {
  expect(answer(status)).toMatchObject({ code, hint: errorTable[code].hint, name: 'OpenStackError' });
});

test('an exceeded quota has its own code among the conflicts', () => {
  expect(answer(409, 'OverQuota').code).toBe('OPENSTACK_OVER_QUOTA');
});

test('a lost connection and a 5xx may have taken effect; other failures did not', () => {
  const lost = (outcome: 'unknown' | 'not-sent') =>
    new OpenStackConnectionError('OPENSTACK_CONNECTION_LOST', call, outcome, 'broken');
  expect([lost('unknown'), answer(500), answer(504)].map(mayHaveTakenEffect)).toEqual([true, true, true]);
  expect([lost('not-sent'), answer(409), new Error('other')].map(mayHaveTakenEffect)).toEqual([
    false,
    false,
    false,
  ]);
});
