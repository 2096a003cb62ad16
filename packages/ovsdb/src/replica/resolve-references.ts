import { OvsdbSchemaError } from '../errors.ts';
import type { Row, TableSchema } from '../schema/database-schema.ts';
import { columnTypeOf } from '../transact/where.ts';
import type { TableStore } from './table-store.ts';

/**
 * The rows that a column refers to: by the values of a map if those are references, otherwise by its keys.
 *
 * @throws OvsdbSchemaError when the column refers to no table, or the table is not replicated
 */
export function resolveReferences(
  stores: ReadonlyMap<string, TableStore>,
  schema: TableSchema,
  table: string,
  row: Row,
  column: string,
): Row[] {
  const { key, value } = columnTypeOf(schema, table, column);
  const target = value?.refTable ?? key.refTable;
  if (target === undefined) throw new OvsdbSchemaError(`${table}.${column} refers to no table`);
  const store = stores.get(target);
  if (!store) throw new OvsdbSchemaError(`table ${target} is not replicated`);
  const content = row[column];
  const uuids = Array.isArray(content)
    ? content
    : typeof content === 'object'
      ? value?.refTable
        ? Object.values(content)
        : Object.keys(content)
      : [content];
  return uuids.flatMap((uuid) => store.rows.get(String(uuid)) ?? []);
}
