import { OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { encodeCondition } from '../transact/where.ts';
import type { WireCondition } from '../wire/operations.ts';
import { conditionsFor } from './conditions.ts';
import type { PlannedTable } from './plan.ts';

/** The new conditions of a table. */
export interface ConditionChange {
  readonly table: string;
  readonly planned: PlannedTable;
  readonly conditions: readonly WireCondition[];
}

/**
 * Checks and encodes new conditions. @throws OvsdbSchemaError when a table is not replicated, or a condition
 * is wrong
 */
export function readChange(
  plan: ReadonlyMap<string, PlannedTable>,
  where: Readonly<Record<string, readonly unknown[]>>,
): ConditionChange[] {
  return Object.entries(where).map(([table, conditions]) => {
    const planned = plan.get(table);
    if (!planned) throw new OvsdbSchemaError(`table ${table} is not replicated`);
    return {
      table,
      planned,
      conditions: conditions.map((condition) => encodeCondition(planned.schema, table, condition)),
    };
  });
}

/** Writes the conditions for the server, without the tables and columns that its schema lacks. */
export function writeChange(
  change: readonly ConditionChange[],
  server: DatabaseSchema | undefined,
): Record<string, readonly WireCondition[]> {
  const where: Record<string, readonly WireCondition[]> = {};
  for (const { table, planned, conditions } of change) {
    const serverTable = server && Object.hasOwn(server.tables, table) ? server.tables[table] : undefined;
    if (serverTable) where[table] = conditionsFor(planned.schema, conditions, serverTable.columns);
  }
  return where;
}
