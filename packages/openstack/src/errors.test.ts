import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  expect(answer(status)).toMatchObject({ code, hint: errorTable[code], name: 'OpenStackError' });
});

test('a quota is told from other conflicts', () => {
  expect(answer(409, 'OverQuota').code).toBe('OPENSTACK_OVER_QUOTA');
});

test('what may have been carried out although it failed', () => {
  const lost = (outcome: 'unknown' | 'not-sent') =>
    new OpenStackConnectionError('OPENSTACK_CONNECTION_LOST', call, outcome, 'broken');
  expect([lost('unknown'), answer(500), answer(504)].map(mayHaveTakenEffect)).toEqual([true, true, true]);
  expect([lost('not-sent'), answer(409), new Error('other')].map(mayHaveTakenEffect)).toEqual([
    false,
    false,
    false,
  ]);
});

test('docs/errors.md lists exactly the codes that there are, with their hints', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|.*\| (.*) \|$/gm)].map(([, code, hint]) => [code, hint]);
  expect(Object.fromEntries(rows)).toEqual(errorTable);
  expect(rows).toHaveLength(Object.keys(errorTable).length);
});
