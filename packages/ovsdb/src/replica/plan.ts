import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnSchema, DatabaseSchema, TableSchema } from '../schema/database-schema.ts';
import { encodeCondition, tableOf } from '../transact/where.ts';
import type { WireCondition } from '../wire/operations.ts';
import { conditionsFor } from './conditions.ts';
import type { MonitorRequest } from './monitor.ts';
import { TableStore } from './table-store.ts';

type LooseSelection = Readonly<Record<string, readonly string[] | '*' | LooseTable | undefined>>;
interface LooseTable {
  readonly columns: readonly string[] | '*';
  readonly where?: readonly unknown[];
}
type LooseIndexes = Readonly<
  Record<string, readonly (string | { readonly column: string; readonly key: string })[] | undefined>
>;

/** A table to replicate, checked against the schema that the program was compiled with. */
export interface PlannedTable {
  readonly store: TableStore;
  readonly schema: TableSchema;
  /**
   * The conditions for the next subscription: those of the selection, or the latest that a server has
   * accepted.
   */
  where: readonly WireCondition[];
}

/**
 * Checks the selection and the indexes of the caller.
 *
 * @throws OvsdbSchemaError when a table or column is not in the schema
 */
export function planTables(
  schema: DatabaseSchema,
  selection: LooseSelection,
  indexes: LooseIndexes,
): Map<string, PlannedTable> {
  const plan = new Map<string, PlannedTable>();
  for (const [table, chosen] of Object.entries(selection)) {
    if (chosen === undefined) continue;
    const { columns, where = [] } =
      chosen === '*' || Array.isArray(chosen) ? { columns: chosen } : (chosen as LooseTable);
    const tableSchema = tableOf(schema, table);
    const names = columns === '*' ? Object.keys(tableSchema.columns) : [...columns];
    for (const name of names) {
      if (!Object.hasOwn(tableSchema.columns, name))
        throw new OvsdbSchemaError(`${table} has no column ${name}`);
    }
    const store = new TableStore(table, tableSchema, names);
    for (const index of (Object.hasOwn(indexes, table) && indexes[table]) || []) {
      if (typeof index === 'string') store.addIndex(index, undefined);
      else store.addIndex(index.column, index.key);
    }
    plan.set(table, {
      store,
      schema: tableSchema,
      where: where.map((condition) => encodeCondition(tableSchema, table, condition)),
    });
  }
  return plan;
}

/**
 * The monitor requests for a server, whose schema may be older or newer and lack tables and columns. A
 * missing column then shows its default value, and a missing table is empty.
 *
 * @throws OvsdbSchemaError when a column has another kind in the server's schema, so that its values cannot
 *   be read
 */
export function requestsFor(
  plan: ReadonlyMap<string, PlannedTable>,
  server: DatabaseSchema,
): Record<string, MonitorRequest> {
  const requests: Record<string, MonitorRequest> = {};
  for (const [table, { store, schema, where }] of plan) {
    const known = Object.hasOwn(server.tables, table) ? server.tables[table]?.columns : undefined;
    if (!known) continue;
    const columns = store.columns.filter((column) => Object.hasOwn(known, column));
    for (const column of columns) {
      const [ours, theirs] = [kindOf(schema.columns[column]), kindOf(known[column])];
      if (ours !== theirs)
        throw new OvsdbSchemaError(`${table}.${column} is ${theirs} in the server's schema, not ${ours}`);
    }
    requests[table] = { columns, where: conditionsFor(schema, where, known) };
  }
  return requests;
}

/** The kind of a column: one value, a set or a map, and the atomic types. It decides how values are read. */
function kindOf(column: ColumnSchema | undefined): string {
  if (!column) return 'missing';
  const { key, value, max } = column.type;
  if (value) return `a map of ${key.type} to ${value.type}`;
  return max > 1 ? `a set of ${key.type}` : `one ${key.type}`;
}
