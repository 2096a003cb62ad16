import type { ColumnType, TableSchema } from '../schema/database-schema.ts';
import type { WireCondition, WireRow, WireValue } from '../wire/operations.ts';
import {
  type Datum,
  equalData,
  excludes,
  includes,
  type ResolveName,
  readDatum,
  writeDatum,
} from './datum.ts';
import { fail } from './failure.ts';

/** A row: its columns' values by name. It is immutable; a change replaces it. */
export interface MemoryRow {
  readonly uuid: string;
  /** `_version`, which changes with each change of the row (RFC 7047 §3.2). */
  readonly version: string;
  readonly columns: Readonly<Record<string, Datum>>;
}

/** The rows of a table by UUID. */
export type MemoryTable = ReadonlyMap<string, MemoryRow>;

const UUID_TYPE: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 };

/** The type of a column, including `_uuid` and `_version`. @throws Failure when it does not exist */
export function typeOf(schema: TableSchema, column: string): ColumnType {
  if (column === '_uuid' || column === '_version') return UUID_TYPE;
  const found = Object.hasOwn(schema.columns, column) ? schema.columns[column] : undefined;
  return found?.type ?? fail('unknown column', `no column ${column}`);
}

/** The value of a column, including `_uuid` and `_version`. */
export function cellOf(row: MemoryRow, column: string): Datum {
  if (column === '_uuid') return new Map([[row.uuid, true]]);
  if (column === '_version') return new Map([[row.version, true]]);
  return row.columns[column] ?? new Map();
}

/** Reads the columns that a `<row>` names. */
export function readColumns(schema: TableSchema, wire: WireRow, resolve: ResolveName): Record<string, Datum> {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire))
    fail('syntax error', 'a row must be a JSON object');
  return Object.fromEntries(
    Object.entries(wire).map(([column, value]) => [
      column,
      readDatum(typeOf(schema, column), value, resolve),
    ]),
  );
}

/** Checks the column names of an operation. */
export function readColumnNames(
  schema: TableSchema,
  names: readonly string[] | undefined,
): readonly string[] | undefined {
  const known = (name: unknown) =>
    name === '_uuid' ||
    name === '_version' ||
    (typeof name === 'string' && Object.hasOwn(schema.columns, name));
  if (names && (!names.every(known) || new Set(names).size < names.length))
    fail('syntax error', 'expected distinct names of columns');
  return names;
}

/** Checks the shape of a condition or mutation: column, function or mutator, value. */
export function readTriple(json: unknown, kind: string): readonly [string, string, WireValue] {
  if (Array.isArray(json) && json.length === 3 && typeof json[0] === 'string' && typeof json[1] === 'string')
    return json as [string, string, WireValue];
  return fail('syntax error', `no ${kind}: ${JSON.stringify(json)}`);
}

/** Writes the named columns of a row. */
export function writeColumns(schema: TableSchema, row: MemoryRow, columns: readonly string[]): WireRow {
  const wire: Record<string, WireValue> = {};
  for (const column of columns) wire[column] = writeDatum(typeOf(schema, column), cellOf(row, column));
  return wire;
}

/** Whether a column holds exactly one atom. */
export function isScalar({ value, min, max }: ColumnType): boolean {
  return value === undefined && min === 1 && max === 1;
}

/** A checked condition: whether a row meets it. */
export type Test = (row: MemoryRow) => boolean;

/** Reads one condition (RFC 7047 §5.1 `<condition>`; a boolean by ovsdb-server(7) §5.1). */
export function readCondition(schema: TableSchema, condition: WireCondition, resolve: ResolveName): Test {
  if (typeof condition === 'boolean') return () => condition;
  const [column, fn, value] = readTriple(condition, 'condition');
  const type = typeOf(schema, column);
  const compare = COMPARISONS.get(fn) ?? fail('unknown function', `${fn} is not a function`);
  if (ORDERING.test(fn) && !isOrdered(type)) fail('syntax error', `${fn} is not for a column of this type`);
  // `includes` and `excludes` accept fewer elements than the column's minimum; `excludes` also accepts more
  // than its maximum.
  const argument = {
    ...type,
    ...(fn === 'includes' || fn === 'excludes' ? { min: 0 } : {}),
    ...(ORDERING.test(fn) ? { min: 1 } : {}),
    ...(fn === 'excludes' && !isScalar(type) ? { max: Number.POSITIVE_INFINITY } : {}),
  };
  const expected = readDatum(argument, value, resolve);
  return (row) => compare(cellOf(row, column), expected);
}

/** Reads a `where`: all conditions must hold. */
export function readWhere(schema: TableSchema, where: readonly WireCondition[], resolve: ResolveName): Test {
  const tests = where.map((condition) => readCondition(schema, condition, resolve));
  return (row) => tests.every((test) => test(row));
}

const ordered = (holds: (a: number, b: number) => boolean) => (a: Datum, b: Datum) => {
  const [x] = a.keys();
  const [y] = b.keys();
  return x !== undefined && y !== undefined && holds(Number(x), Number(y));
};

const ORDERING = /^[<>]/;

/** Whether a column is a number or an optional number (ovsdb-server(7) §5.1). */
function isOrdered({ key, value, max }: ColumnType): boolean {
  return value === undefined && max === 1 && (key.type === 'integer' || key.type === 'real');
}

const COMPARISONS: ReadonlyMap<string, (a: Datum, b: Datum) => boolean> = new Map([
  ['==', equalData],
  ['!=', (a, b) => !equalData(a, b)],
  ['includes', includes],
  ['excludes', excludes],
  ['<', ordered((a, b) => a < b)],
  ['<=', ordered((a, b) => a <= b)],
  ['>', ordered((a, b) => a > b)],
  ['>=', ordered((a, b) => a >= b)],
]);
