import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type NeutronErrorType, neutronErrors, programErrors } from './errors.ts';

const documented = readFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), 'utf8');

/** The rows of the document that begin with a code. */
const rows = new Map(
  [...documented.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, code = '', second = '']) => [
    code,
    second.trim(),
  ]),
);

test('every error is documented with its status, and nothing else is', () => {
  const codes = [...Object.keys(neutronErrors), ...Object.keys(programErrors)];
  expect([...rows.keys()].toSorted()).toEqual(codes.toSorted());
  for (const type of Object.keys(neutronErrors) as NeutronErrorType[]) {
    const describe = neutronErrors[type] as (...args: unknown[]) => readonly [number, string];
    expect([type, rows.get(type)]).toEqual([type, String(describe('a', 'b', 'c')[0])]);
  }
});

test('hints of the program are those of the document', () => {
  for (const hint of Object.values(programErrors)) expect(documented).toContain(hint);
});
