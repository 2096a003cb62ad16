import { expect, it } from 'vitest';
import type { TableSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import type { WireCondition } from '../wire/operations.ts';
import { conditionsFor } from './conditions.ts';

const { tables } = parseSchema({
  name: 'Test',
  version: '1.0.0',
  tables: {
    T: {
      columns: {
        number: { type: 'integer' },
        text: { type: { key: 'string', min: 0, max: 1 } },
        words: { type: { key: 'string', min: 0, max: 'unlimited' } },
      },
    },
  },
});
const schema = tables['T'] as TableSchema;

it.each<[WireCondition, boolean]>([
  [['number', '==', 0], true],
  [['number', 'includes', 1], false],
  [['number', '!=', 0], false],
  [['number', 'excludes', 1], true],
  [['number', '<', 0], false],
  [['number', '<=', 0], true],
  [['number', '>', -1], true],
  [['number', '>=', 1], false],
  [['text', '==', ['set', []]], true],
  [['text', '==', ''], false],
  [['text', '!=', 'x'], true],
  [['words', '!=', ['set', []]], false],
  [['words', 'includes', ['set', []]], true],
  [['words', 'includes', ['set', ['x']]], false],
  [['words', 'excludes', ['set', ['x']]], true],
  [['words', '==', ['set', ['x']]], false],
])('a condition %j on a column that the server lacks becomes %s', (condition, holds) => {
  expect(conditionsFor(schema, [condition], {})).toEqual([holds]);
});

it('does not change conditions on columns that exist on the server', () => {
  const where: WireCondition[] = [['number', '==', 1], ['_uuid', '==', ['uuid', 'x']], true];
  expect(conditionsFor(schema, where, schema.columns)).toEqual(where);
});
