import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { labErrorTable } from '../../lab/src/errors.ts';
import {
  type NeutronErrorType,
  neutronErrors,
  programErrors,
} from '../../packages/embedded-neutron/src/error-table.ts';
import { errorTable as netlinkErrors } from '../../packages/netlink/src/error-table.ts';
import { errorTable as openstackErrors } from '../../packages/openstack/src/error-table.ts';
import { errorTable as productErrors } from '../../packages/ovn-docker/src/errors.ts';
import { clientErrors, operationErrors } from '../../packages/ovsdb/src/error-table.ts';
import { errorPages } from './pages.ts';
import type { ErrorTable } from './tables.ts';

const page = (path: string) => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');

/** The cells of the rows that begin with a code, by code. */
const rowsOf = (path: string) =>
  [...page(path).matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(
    ([, code = '', cells = '']) => [code, cells.split(' | ')] as const,
  );

test.each(Object.keys(errorPages))('%s is up to date', (path) => {
  expect(page(path)).toBe(errorPages[path]);
});

test.each<[string, ErrorTable]>([
  ['docs/errors.md', { ...productErrors, ...labErrorTable }],
  ['packages/openstack/docs/errors.md', openstackErrors],
  ['packages/ovsdb/docs/errors.md', { ...clientErrors, ...operationErrors }],
  ['packages/netlink/docs/errors.md', netlinkErrors],
])('%s lists exactly the codes of the package, with their hints', (path, table) => {
  const rows = rowsOf(path).map(([code, cells]) => [code, cells.at(-1)]);
  expect(rows).toEqual(Object.entries(table).map(([code, { hint }]) => [code, hint]));
});

test('the page of embedded-neutron lists every error with its status, and nothing else', () => {
  const rows = new Map(rowsOf('packages/embedded-neutron/docs/errors.md'));
  const codes = [...Object.keys(neutronErrors), ...Object.keys(programErrors)];
  expect([...rows.keys()].toSorted()).toEqual(codes.toSorted());
  for (const type of Object.keys(neutronErrors) as NeutronErrorType[]) {
    expect([type, rows.get(type)?.[0]]).toEqual([type, String(neutronErrors[type].status)]);
  }
});

test('the page of embedded-neutron shows messages with the names of their parameters', () => {
  const rows = new Map(rowsOf('packages/embedded-neutron/docs/errors.md'));
  expect(rows.get('HTTPNotFound')).toEqual(['404', '{message}']);
  expect(rows.get('MacAddressInUse')).toEqual([
    '409',
    'Unable to complete operation for network {network}. The mac address {mac} is in use.',
  ]);
});

test('the page of embedded-neutron has the hints of the program', () => {
  const text = page('packages/embedded-neutron/docs/errors.md');
  for (const { hint } of Object.values(programErrors)) expect(text).toContain(hint);
});
