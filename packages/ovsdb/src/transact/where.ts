import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnType, DatabaseSchema, TableSchema } from '../schema/database-schema.ts';
import { isRowRef } from '../schema/uuid.ts';
import { checkSize } from '../wire/limits.ts';
import type { WireCondition, WireRow, WireValue } from '../wire/operations.ts';
import { encodeAtom, encodeValue } from '../wire/value-codec.ts';

const UUID_TYPE: ColumnType = { key: { type: 'uuid' }, min: 1, max: 1 };

/** The table of this name. @throws OvsdbSchemaError when the schema has no such table */
export function tableOf(schema: DatabaseSchema<never> | DatabaseSchema, table: string): TableSchema {
  const found = Object.hasOwn(schema.tables, table) ? schema.tables[table] : undefined;
  if (!found) throw new OvsdbSchemaError(`${schema.name} has no table ${table}`);
  return found;
}

/**
 * The type of a column, or of the implicit `_uuid` and `_version`. @throws OvsdbSchemaError when it does not
 * exist
 */
export function columnTypeOf(schema: TableSchema, table: string, column: string): ColumnType {
  if (column === '_uuid' || column === '_version') return UUID_TYPE;
  const found = Object.hasOwn(schema.columns, column) ? schema.columns[column] : undefined;
  if (!found) throw new OvsdbSchemaError(`${table} has no column ${column}`);
  return found.type;
}

/**
 * Writes a `Where` as conditions (RFC 7047 §5.1).
 *
 * @throws OvsdbSchemaError for `{}`, so that a forgotten column does not select all rows; `[]` does that
 */
export function encodeWhere(schema: TableSchema, table: string, where: unknown): WireCondition[] {
  if (typeof where === 'string' || isRowRef(where))
    return [['_uuid', '==', encodeAtom(UUID_TYPE.key, where, `${table}._uuid`)]];
  if (Array.isArray(where)) return where.map((condition) => encodeCondition(schema, table, condition));
  return Object.entries(encodeMatch(schema, table, where as object)).map(([column, value]) => [
    column,
    columnTypeOf(schema, table, column).value ? 'includes' : '==',
    value,
  ]);
}

/**
 * Writes the values that rows are compared with. Unlike `encodeRow` it skips no column: a comparison that is
 * left out would match every row.
 *
 * @throws OvsdbSchemaError when there are no columns
 */
export function encodeMatch(schema: TableSchema, table: string, columns: object): WireRow {
  const entries = Object.entries(columns);
  if (entries.length === 0) throw new OvsdbSchemaError(`nothing to compare the rows of ${table} with`);
  return Object.fromEntries(
    entries.map(([column, value]) => [
      column,
      encodeValue(columnTypeOf(schema, table, column), value, `${table}.${column}`),
    ]),
  );
}

/** Writes one condition. A boolean is a condition too (ovsdb-server(7) §5.1). */
export function encodeCondition(schema: TableSchema, table: string, condition: unknown): WireCondition {
  if (typeof condition === 'boolean') return condition;
  const [column, fn, value] = condition as [string, string, unknown];
  return [column, fn, encodeValue(columnTypeOf(schema, table, column), value, `${table}.${column}`)];
}

/**
 * Writes the columns of an insert or update. `undefined` empties an optional column; any other column is
 * skipped.
 */
export function encodeRow(schema: TableSchema, table: string, columns: object): WireRow {
  const row: Record<string, WireValue> = {};
  for (const [column, value] of Object.entries(columns)) {
    const type = columnTypeOf(schema, table, column);
    if (value === undefined && !(type.min === 0 && type.max === 1)) continue;
    row[column] = encodeValue(type, value, `${table}.${column}`);
    checkSize(type, row[column], `${table}.${column}`);
  }
  return row;
}
