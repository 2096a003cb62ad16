import type { DatabaseSchema, TableSchema } from '../schema/database-schema.ts';
import { fail } from './failure.ts';
import { checkIntegrity } from './integrity.ts';
import type { MemoryRow, MemoryTable } from './memory-row.ts';

/** What a committed transaction changed. */
export interface MemoryChange {
  readonly table: string;
  readonly old: MemoryRow | undefined;
  readonly new: MemoryRow | undefined;
}

/** A database in memory: the state after the last commit, and the way to the next. */
export class MemoryDatabase {
  readonly schema: DatabaseSchema;
  /** The schema as it was given. */
  readonly json: unknown;
  #tables: ReadonlyMap<string, MemoryTable>;

  constructor(schema: DatabaseSchema, json: unknown) {
    this.schema = schema;
    this.json = json;
    this.#tables = new Map(Object.keys(schema.tables).map((name) => [name, new Map()]));
  }

  table(name: string): MemoryTable {
    return this.#tables.get(name) ?? fail('unknown table', `no table ${name}`);
  }

  tableSchema(name: string): TableSchema {
    return (
      (Object.hasOwn(this.schema.tables, name) && this.schema.tables[name]) ||
      fail('unknown table', `no table ${name}`)
    );
  }

  /** A view in which rows can be changed without anyone seeing. */
  begin(): Draft {
    return new Draft(this);
  }

  /** Checks a draft and makes it the state. @throws Failure when it breaks a rule of the schema */
  commit(draft: Draft): MemoryChange[] {
    checkIntegrity(draft, this.schema);
    const changes = draft.changes();
    const tables = new Map(this.#tables);
    for (const name of new Set(changes.map(({ table }) => table))) tables.set(name, draft.table(name));
    this.#tables = tables;
    return changes;
  }
}

/** The state as one transaction sees and changes it. */
export class Draft {
  readonly #database: MemoryDatabase;
  readonly #touched = new Map<string, Map<string, MemoryRow>>();

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  table(name: string): MemoryTable {
    return this.#touched.get(name) ?? this.#database.table(name);
  }

  put(table: string, row: MemoryRow): void {
    this.#touch(table).set(row.uuid, row);
  }

  remove(table: string, uuid: string): void {
    this.#touch(table).delete(uuid);
  }

  /** What differs from the state. */
  changes(): MemoryChange[] {
    return [...this.#touched].flatMap(([table, rows]) => {
      const before = this.#database.table(table);
      const gone = [...before.values()].filter(({ uuid }) => !rows.has(uuid));
      const put = [...rows.values()].filter((row) => before.get(row.uuid) !== row);
      return [
        ...put.map((row) => ({ table, old: before.get(row.uuid), new: row })),
        ...gone.map((row) => ({ table, old: row, new: undefined })),
      ];
    });
  }

  #touch(table: string): Map<string, MemoryRow> {
    const touched = this.#touched.get(table) ?? new Map(this.#database.table(table));
    this.#touched.set(table, touched);
    return touched;
  }
}
