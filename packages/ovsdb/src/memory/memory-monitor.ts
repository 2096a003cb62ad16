import type { TableSchema } from '../schema/database-schema.ts';
import type { WireCondition, WireRow, WireValue } from '../wire/operations.ts';
import { defaultValue } from '../wire/value-codec.ts';
import { difference, equalData, writeDatum } from './datum.ts';
import type { MemoryChange } from './draft.ts';
import { fail } from './failure.ts';
import type { MemoryDatabase } from './memory-database.ts';
import { cellOf, type MemoryRow, readCondition, type Test, typeOf, writeColumns } from './memory-row.ts';

/** The notification that the monitor sends: `update`, `update2` or `update3`. */
export type MonitorVersion = 1 | 2 | 3;

interface WireRequest {
  readonly columns?: readonly string[];
  readonly where?: readonly WireCondition[];
  readonly select?: {
    readonly initial?: boolean;
    readonly insert?: boolean;
    readonly delete?: boolean;
    readonly modify?: boolean;
  };
}

interface WatchedTable {
  readonly schema: TableSchema;
  readonly columns: readonly string[];
  readonly select: NonNullable<WireRequest['select']>;
  test: Test;
}

/** `<table-updates>` or `<table-updates2>`. */
type Updates = Record<string, Record<string, unknown>>;

/** Collects the updates of rows by table. */
class UpdateList {
  readonly #tables = new Map<string, Map<string, unknown>>();

  put(table: string, uuid: string, update: unknown): void {
    const rows = this.#tables.get(table) ?? new Map<string, unknown>();
    this.#tables.set(table, rows.set(uuid, update));
  }

  toJSON(): Updates {
    return Object.fromEntries([...this.#tables].map(([table, rows]) => [table, Object.fromEntries(rows)]));
  }
}

/** One monitor of one client (RFC 7047 §4.1.5, ovsdb-server(7) §4.1.12). */
export class MemoryMonitor {
  readonly database: MemoryDatabase;
  readonly version: MonitorVersion;
  readonly #tables = new Map<string, WatchedTable>();

  constructor(
    database: MemoryDatabase,
    version: MonitorVersion,
    requests: Readonly<Record<string, WireRequest | readonly WireRequest[]>>,
  ) {
    this.database = database;
    this.version = version;
    for (const [table, request] of Object.entries(requests)) {
      const list = Array.isArray(request) ? (request as readonly WireRequest[]) : [request as WireRequest];
      const schema = database.tableSchema(table);
      const columns = list.flatMap((request) => request.columns ?? Object.keys(schema.columns));
      for (const column of columns) typeOf(schema, column);
      const where = list.flatMap((request) => request.where ?? []);
      this.#tables.set(table, {
        schema,
        columns: [...new Set(columns)],
        select: Object.assign({}, ...list.map((request) => request.select)),
        test: anyOf(schema, where, true),
      });
    }
  }

  /** The initial rows. */
  initial(): Updates {
    const changes = [...this.#tables]
      .filter(([, { select }]) => select.initial !== false)
      .flatMap(([table]) =>
        [...this.database.table(table).values()].map((row) => ({ table, old: undefined, new: row })),
      );
    return this.#describe(changes, 'initial');
  }

  /** The updates that a transaction causes for this client; undefined when there are none. */
  update(changes: readonly MemoryChange[]): Updates | undefined {
    return notEmpty(this.#describe(changes, 'insert'));
  }

  /**
   * Replaces conditions (ovsdb-server(7) §4.1.13). Returns the updates for rows that now match, or no longer
   * match.
   */
  change(requests: Readonly<Record<string, readonly WireRequest[]>>): Updates | undefined {
    const updates = new UpdateList();
    for (const [table, list] of Object.entries(requests)) {
      const watched = this.#tables.get(table) ?? fail('syntax error', `${table} is not monitored`);
      const test = anyOf(
        watched.schema,
        list.flatMap(({ where }) => where ?? []),
        false,
      );
      for (const row of this.database.table(table).values()) {
        const before = watched.test(row);
        if (before === test(row)) continue;
        const update = before ? { delete: null } : { insert: this.#sparse(watched, row) };
        updates.put(table, row.uuid, update);
      }
      watched.test = test;
    }
    return notEmpty(updates.toJSON());
  }

  #describe(changes: readonly MemoryChange[], kind: 'initial' | 'insert'): Updates {
    const updates = new UpdateList();
    for (const change of changes) {
      const watched = this.#tables.get(change.table);
      if (!watched) continue;
      const old = change.old && watched.test(change.old) ? change.old : undefined;
      const row = change.new && watched.test(change.new) ? change.new : undefined;
      const update =
        this.version === 1 ? this.#update1(watched, old, row) : this.#update2(watched, old, row, kind);
      const uuid = (row ?? old)?.uuid;
      if (update && uuid) updates.put(change.table, uuid, update);
    }
    return updates.toJSON();
  }

  #update1(
    { schema, columns, select }: WatchedTable,
    old: MemoryRow | undefined,
    row: MemoryRow | undefined,
  ): unknown {
    if (!old) return row && select.insert !== false ? { new: writeColumns(schema, row, columns) } : undefined;
    if (!row) return select.delete === false ? undefined : { old: writeColumns(schema, old, columns) };
    const changed = changedColumns(columns, old, row);
    if (changed.length === 0 || select.modify === false) return undefined;
    return { old: writeColumns(schema, old, changed), new: writeColumns(schema, row, columns) };
  }

  #update2(
    watched: WatchedTable,
    old: MemoryRow | undefined,
    row: MemoryRow | undefined,
    kind: 'initial' | 'insert',
  ): unknown {
    const { schema, columns, select } = watched;
    if (!old) return row && select.insert !== false ? { [kind]: this.#sparse(watched, row) } : undefined;
    if (!row) return select.delete === false ? undefined : { delete: null };
    const changed = changedColumns(columns, old, row);
    if (changed.length === 0 || select.modify === false) return undefined;
    const modify: Record<string, WireValue> = {};
    for (const column of changed) {
      const type = typeOf(schema, column);
      modify[column] = writeDatum(type, difference(type, cellOf(old, column), cellOf(row, column)));
    }
    return { modify };
  }

  /** Writes a row without the columns that have their default value. */
  #sparse({ schema, columns }: WatchedTable, row: MemoryRow): WireRow {
    return writeColumns(
      schema,
      row,
      columns.filter((column) => {
        const value = defaultValue(typeOf(schema, column));
        const datum = cellOf(row, column);
        return !(typeof value === 'object' || value === undefined
          ? datum.size === 0
          : datum.size === 1 && datum.has(value));
      }),
    );
  }
}

function notEmpty(updates: Updates): Updates | undefined {
  return Object.keys(updates).length > 0 ? updates : undefined;
}

function changedColumns(columns: readonly string[], old: MemoryRow, row: MemoryRow): string[] {
  return columns.filter((column) => !equalData(cellOf(old, column), cellOf(row, column)));
}

/** @param whenEmpty whether rows match an empty list: all do in monitor_cond, none in monitor_cond_change */
function anyOf(schema: TableSchema, where: readonly WireCondition[], whenEmpty: boolean): Test {
  if (where.length === 0) return () => whenEmpty;
  const tests = where.map((condition) =>
    readCondition(schema, condition, () => fail('syntax error', 'no named UUID here')),
  );
  return (row) => tests.some((test) => test(row));
}
