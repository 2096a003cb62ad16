import type { DatabaseSchema, TableSchema } from '../schema/database-schema.ts';
import { Draft, type MemoryChange } from './draft.ts';
import { fail } from './failure.ts';
import { checkIntegrity } from './integrity.ts';
import type { MemoryTable } from './memory-row.ts';

/** A database in memory: the state after the last commit. */
export class MemoryDatabase {
  readonly schema: DatabaseSchema;
  /** The schema as parsed JSON, for get_schema. */
  readonly json: unknown;
  #tables: ReadonlyMap<string, MemoryTable>;

  constructor(schema: DatabaseSchema, json: unknown) {
    this.schema = schema;
    this.json = json;
    this.#tables = new Map(Object.keys(schema.tables).map((name) => [name, new Map()]));
  }

  table(name: string): MemoryTable {
    return this.#tables.get(name) ?? fail('syntax error', `no table ${name}`);
  }

  tableSchema(name: string): TableSchema {
    return (
      (Object.hasOwn(this.schema.tables, name) && this.schema.tables[name]) ||
      fail('syntax error', `no table ${name}`)
    );
  }

  /** Returns a copy-on-write view of the state for one transaction. */
  begin(): Draft {
    return new Draft(this);
  }

  /** Checks a draft and makes it the new state. @throws Failure when it violates the schema */
  commit(draft: Draft): MemoryChange[] {
    checkIntegrity(draft, this.schema);
    const changes = draft.changes();
    const tables = new Map(this.#tables);
    for (const name of new Set(changes.map(({ table }) => table))) tables.set(name, draft.table(name));
    this.#tables = tables;
    return changes;
  }
}
