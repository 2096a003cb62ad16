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

/** A row: its columns' values by name. Never changed, only replaced. */
export interface MemoryRow {
  readonly uuid: string;
  readonly columns: Readonly<Record<string, Datum>>;
}

/** The rows of a table by UUID. */
export type MemoryTable = ReadonlyMap<string, MemoryRow>;

const UUID_TYPE: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 };

/** The type of a column, also of `_uuid`. */
export function typeOf(schema: TableSchema, column: string): ColumnType {
  if (column === '_uuid' || column === '_version') return UUID_TYPE;
  const found = Object.hasOwn(schema.columns, column) ? schema.columns[column] : undefined;
  return found?.type ?? fail('unknown column', `no column ${column}`);
}

/** The value of a column, also of `_uuid`. */
export function cellOf(row: MemoryRow, column: string): Datum {
  if (column === '_uuid' || column === '_version') return new Map([[row.uuid, true]]);
  return row.columns[column] ?? new Map();
}

/** Reads the columns that a `<row>` names. */
export function readColumns(schema: TableSchema, wire: WireRow, resolve: ResolveName): Record<string, Datum> {
  return Object.fromEntries(
    Object.entries(wire).map(([column, value]) => [
      column,
      readDatum(typeOf(schema, column), value, resolve),
    ]),
  );
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

/** A condition that is read and checked: whether a row meets it. */
export type Test = (row: MemoryRow) => boolean;

/** Reads one condition (RFC 7047 §5.1 `<condition>`; a boolean by ovsdb-server(7) §5.1). */
export function readCondition(schema: TableSchema, condition: WireCondition, resolve: ResolveName): Test {
  if (typeof condition === 'boolean') return () => condition;
  const [column, fn, value] = condition;
  const type = typeOf(schema, column);
  // A value may be included in a set that must have more, and be excluded from one that can never hold all of it.
  const argument = {
    ...type,
    ...(fn === 'includes' || fn === 'excludes' ? { min: 0 } : {}),
    ...(fn === 'excludes' && !isScalar(type) ? { max: Number.POSITIVE_INFINITY } : {}),
  };
  const expected = readDatum(argument, value, resolve);
  const compare = COMPARISONS[fn] ?? fail('syntax error', `${fn} is no function`);
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

const COMPARISONS: Readonly<Record<string, (a: Datum, b: Datum) => boolean>> = {
  '==': equalData,
  '!=': (a, b) => !equalData(a, b),
  includes,
  excludes,
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
};
