import { OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { encodeCondition } from '../transact/where.ts';
import type { WireCondition } from '../wire/operations.ts';
import { conditionsFor } from './conditions.ts';
import type { PlannedTable } from './plan.ts';

/** The conditions that a table is to have instead of its own. */
export interface ConditionChange {
  readonly table: string;
  readonly planned: PlannedTable;
  readonly conditions: readonly WireCondition[];
}

/** @throws OvsdbSchemaError when a table is not replicated, or a condition does not fit its schema */
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

/** The conditions as the server can take them; of a table that it lacks there is nothing to say. */
export function writeChange(
  change: readonly ConditionChange[],
  server: DatabaseSchema | undefined,
): Record<string, readonly WireCondition[]> {
  const where: Record<string, readonly WireCondition[]> = {};
  for (const { table, planned, conditions } of change) {
    const known = server && Object.hasOwn(server.tables, table) ? server.tables[table] : undefined;
    if (known) where[table] = conditionsFor(planned.schema, conditions, known.columns);
  }
  return where;
}
