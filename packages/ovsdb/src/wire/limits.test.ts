import { expect, it } from 'vitest';
import type { ColumnType } from '../schema/database-schema.ts';
import { encodeRow } from '../transact/where.ts';

const limited: Readonly<Record<string, ColumnType>> = {
  integer: { key: { type: 'integer', minInteger: 1, maxInteger: 4095 }, min: 0, max: 1 },
  real: { key: { type: 'real', minReal: -0.5, maxReal: 0.5 }, min: 1, max: 1 },
  text: { key: { type: 'string', minLength: 2, maxLength: 3 }, min: 1, max: 1 },
  uuid: { key: { type: 'uuid', enum: ['00000000-0000-4000-8000-000000000001'] }, min: 1, max: 1 },
  some: { key: { type: 'integer' }, min: 1, max: 2 },
  pairs: { key: { type: 'string', maxLength: 1 }, value: { type: 'integer', minInteger: 0 }, min: 0, max: 2 },
};
const table = {
  columns: Object.fromEntries(
    Object.entries(limited).map(([name, type]) => [name, { type, ephemeral: false, mutable: true }]),
  ),
  maxRows: 1,
  isRoot: true,
  indexes: [],
};
const encode = (columns: object) => encodeRow(table, 'T', columns);

it.each([
  { integer: 1 },
  { integer: 4095 },
  { integer: undefined },
  { real: 0.5 },
  { text: 'ab' },
  // Three characters, six UTF-16 units.
  { text: '😀😀😀' },
  { uuid: '00000000-0000-4000-8000-000000000001' },
  { some: [1, 2] },
  { pairs: { a: 0, b: 1 } },
])('%j is within the limits', (columns) => {
  expect(() => encode(columns)).not.toThrow();
});

it.each([
  [{ integer: 0 }, 'T.integer must be a number of at least 1 and at most 4095, not 0'],
  [{ integer: 4096 }, 'not 4096'],
  [{ real: 0.6 }, 'T.real must be a number of at least -0.5 and at most 0.5'],
  [{ text: 'a' }, 'the length of T.text must be a number of at least 2 and at most 3, not 1'],
  [{ text: '😀😀😀😀' }, 'not 4'],
  [{ text: 'a\0' }, 'T.text contains a NUL character'],
  [{ text: 'a\ud800' }, 'T.text contains half a surrogate pair'],
  [{ uuid: '00000000-0000-4000-8000-000000000002' }, 'must be one of 00000000-0000-4000-8000-000000000001'],
  [{ some: [] }, 'the number of values of T.some must be a number of at least 1 and at most 2, not 0'],
  [{ some: [1, 2, 3] }, 'not 3'],
  [{ some: [1, 1] }, 'T.some has the same element twice: 1'],
  [{ pairs: { ab: 1 } }, 'the length of T.pairs'],
  [{ pairs: { a: -1 } }, 'T.pairs must be a number of at least 0'],
  [{ pairs: { a: 1, b: 1, c: 1 } }, 'the number of values of T.pairs'],
  [
    {
      pairs: [
        ['a', 1],
        ['a', 2],
      ].values(),
    },
    'T.pairs has the same key twice: "a"',
  ],
])('%j is refused with the limit', (columns, message) => {
  expect(() => encode(columns)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(message) }),
  );
});
