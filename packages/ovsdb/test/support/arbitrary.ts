import fc, { type Arbitrary } from 'fast-check';
import type { Operation, WireCondition, WireMutation, WireRow, WireValue } from '../../src/index.ts';

type JsonBase =
  | string
  | {
      type: string;
      refTable?: string;
      refType?: string;
      enum?: unknown;
      minInteger?: number;
      maxInteger?: number;
      maxLength?: number;
    };
interface JsonType {
  key: JsonBase;
  value?: JsonBase;
  min?: number;
  max?: number | 'unlimited';
}
interface JsonTable {
  isRoot: boolean;
  columns: Record<string, { type: JsonType; mutable: boolean }>;
  indexes?: string[][];
}

/** A parsed .ovsschema file. */
export interface JsonSchema {
  name: string;
  version: string;
  tables: Record<string, JsonTable>;
}

const TABLES = ['A', 'B'];
/** The UUIDs for inserts, so that two servers have the same rows. */
const UUIDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  TABLES.map((table, n) => [
    table,
    [1, 2, 3, 4, 5].map((row) => `00000000-0000-4000-8000-0000000000${n}${row}`),
  ]),
);
const uuidsOf = (table = 'A') => fc.constantFrom(...(UUIDS[table] ?? []));

const base: Arbitrary<JsonBase> = fc.oneof(
  fc.constantFrom('integer', 'real', 'boolean', 'string'),
  fc.constant({ type: 'string', enum: ['set', ['x', 'y']] }),
  fc.constantFrom<JsonBase>(
    { type: 'integer', minInteger: -1, maxInteger: 2 },
    { type: 'string', maxLength: 1 },
  ),
  fc
    .constantFrom(...TABLES)
    .chain((refTable) =>
      fc.constantFrom({ type: 'uuid', refTable, refType: 'weak' }, { type: 'uuid', refTable }),
    ),
);

const type: Arbitrary<JsonType> = fc.oneof(
  fc.constantFrom('integer', 'real', 'boolean', 'string').map((key) => ({ key })),
  base.map((key) => ({ key, min: 0 })),
  fc
    .tuple(base, fc.constantFrom<number | 'unlimited'>(2, 'unlimited'))
    .map(([key, max]) => ({ key, min: 0, max })),
  fc
    .tuple(
      fc.constantFrom<JsonBase>('integer', 'string', 'boolean'),
      base,
      fc.constantFrom<number | 'unlimited'>(2, 'unlimited'),
    )
    .map(([key, value, max]) => ({ key, value, min: 0, max })),
);

const table: Arbitrary<JsonTable> = fc.record({
  isRoot: fc.boolean(),
  columns: fc
    .array(fc.tuple(type, fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 4 })
    .map((types) =>
      Object.fromEntries(
        types.map(([columnType, fate], n) => [`c${n}`, { type: columnType, mutable: fate > 0 }]),
      ),
    ),
  indexes: fc.constantFrom<string[][]>([], [], [['c0']]),
});

/** Any schema of two tables. The first is always a root table. */
export const schemas: Arbitrary<JsonSchema> = fc
  .tuple(table, table)
  .map(([a, b]) => ({ name: 'Random', version: '1.0.0', tables: { A: { ...a, isRoot: true }, B: b } }));

const ATOMS: Readonly<Record<string, Arbitrary<WireValue>>> = {
  integer: fc.integer({ min: -2, max: 3 }),
  real: fc.constantFrom(0, 0.5, -1.25, 3),
  boolean: fc.boolean(),
  string: fc.constantFrom('', 'a', 'ü"\\\n', '🦊'),
};

const FUNCTIONS = ['==', '!=', 'includes', 'excludes', '<', '<=', '>', '>='];

function atoms(json: JsonBase): Arbitrary<WireValue> {
  if (typeof json === 'string') return ATOMS[json] as Arbitrary<WireValue>;
  if (json.enum) return fc.constantFrom('x', 'y');
  if (json.type === 'uuid') return uuidsOf(json.refTable).map((uuid) => ['uuid', uuid]);
  return ATOMS[json.type] as Arbitrary<WireValue>;
}

function values({ key, value, max = 1 }: JsonType, loose = false): Arbitrary<WireValue> {
  const unique = {
    selector: (item: WireValue) => JSON.stringify(item),
    maxLength: max === 1 && !loose ? 1 : 3,
  };
  if (value) {
    return fc
      .uniqueArray(fc.tuple(atoms(key), atoms(value)), { ...unique, selector: ([k]) => JSON.stringify(k) })
      .map((pairs) => ['map', pairs]);
  }
  return fc.uniqueArray(atoms(key), unique).map((elements) => ['set', elements]);
}

function columnValues(type: JsonType): Arbitrary<WireValue> {
  return type.min === undefined && !type.value ? atoms(type.key) : values(type);
}

/** Operations on a table of a schema. Some of them are invalid. */
function operations(name: string, { columns }: JsonTable): Arbitrary<Operation> {
  const entries = Object.entries(columns);
  const row = fc.record(
    Object.fromEntries(entries.map(([column, { type }]) => [column, columnValues(type)])),
    { requiredKeys: [] },
  ) as Arbitrary<WireRow>;
  const condition: Arbitrary<WireCondition> = fc.oneof(
    uuidsOf(name).map((uuid): WireCondition => ['_uuid', '==', ['uuid', uuid]]),
    fc
      .constantFrom(...entries)
      .chain(([column, { type }]) =>
        fc
          .tuple(fc.constantFrom(...FUNCTIONS), columnValues(type))
          .map(([fn, value]): WireCondition => [column, fn, value]),
      ),
  );
  const where = fc.array(condition, { maxLength: 2 });
  const mutation: Arbitrary<WireMutation> = fc.constantFrom(...entries).chain(([column, { type }]) =>
    fc.oneof(
      fc
        .tuple(fc.constantFrom('insert', 'delete'), values(type, true))
        .map(([mutator, value]): WireMutation => [column, mutator, value]),
      fc
        .tuple(fc.constantFrom('+=', '*='), fc.constantFrom(2, 3))
        .map(([mutator, value]): WireMutation => [column, mutator, value]),
    ),
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        op: fc.constant('insert' as const),
        table: fc.constant(name),
        row,
        uuid: uuidsOf(name),
      }),
    },
    fc.record({
      op: fc.constant('wait' as const),
      table: fc.constant(name),
      where,
      columns: fc.uniqueArray(fc.constantFrom(...Object.keys(columns)), { maxLength: 2 }),
      until: fc.constantFrom('==' as const, '!=' as const),
      rows: fc.array(row, { maxLength: 2 }),
      timeout: fc.constant(0),
    }),
    fc.record({ op: fc.constant('update' as const), table: fc.constant(name), where, row }),
    fc.record({
      op: fc.constant('mutate' as const),
      table: fc.constant(name),
      where,
      mutations: fc.array(mutation, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({
      op: fc.constant('delete' as const),
      table: fc.constant(name),
      where: fc.array(condition, { minLength: 1, maxLength: 1 }),
    }),
  );
}

/** A schema, and transactions on a database of that schema. */
export const histories: Arbitrary<readonly [JsonSchema, Operation[][]]> = schemas.chain((schema) => {
  const any = fc.oneof(
    ...Object.entries(schema.tables).map(([name, definition]) => operations(name, definition)),
  );
  return fc.tuple(
    fc.constant(schema),
    fc.array(fc.array(any, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
  );
});
