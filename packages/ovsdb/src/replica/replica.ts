import type { ColumnName, Condition, TableName } from '../schema/row-types.ts';
import type { RefTarget, Uuid } from '../schema/uuid.ts';
import type { Transaction } from '../transact/transaction.ts';

/** The part of a table to replicate. */
export interface TableSelection<R> {
  /** The columns to replicate. Rows do not have the others. */
  readonly columns: readonly ColumnName<R>[] | '*';
  /** Replicate only rows for which at least one of these conditions holds; all rows when absent or empty. */
  readonly where?: readonly Condition<R>[];
}

/** The tables to replicate, and the columns of each. */
export type Selection<Tables> = {
  readonly [T in TableName<Tables>]?: readonly ColumnName<Tables[T]>[] | '*' | TableSelection<Tables[T]>;
};

/** An index on the value of a column, or on the value under one key of a map column. */
export type IndexSpec<R> = ColumnName<R> | { readonly column: ColumnName<R>; readonly key: string };

/** Options of `openReplica`. */
export interface ReplicaOptions<Tables> {
  /** Makes `find` by these columns fast. The schema's unique indexes on a single column always exist. */
  readonly indexes?: { readonly [T in TableName<Tables>]?: readonly IndexSpec<Tables[T]>[] };
  /** Cancels the first load. Has no effect after `openReplica` has resolved. */
  readonly signal?: AbortSignal;
}

/** One changed row. */
export type Change<Tables = Record<string, { readonly _uuid: Uuid }>> = {
  [T in TableName<Tables>]:
    | {
        readonly table: T;
        readonly uuid: Uuid;
        readonly kind: 'insert';
        readonly old?: undefined;
        readonly new: Tables[T];
      }
    | {
        readonly table: T;
        readonly uuid: Uuid;
        readonly kind: 'modify';
        readonly old: Tables[T];
        readonly new: Tables[T];
      }
    | {
        readonly table: T;
        readonly uuid: Uuid;
        readonly kind: 'delete';
        readonly old: Tables[T];
        readonly new?: undefined;
      };
}[TableName<Tables>];

/** Options of `until`. */
export interface UntilOptions {
  readonly signal?: AbortSignal;
  /** In milliseconds; without it `until` waits until the predicate holds or the replica is closed. */
  readonly timeoutMs?: number;
}

/**
 * A copy in memory of a part of a database, which the server keeps up to date (RFC 7047 §4.1.5). It always
 * shows the state after a whole transaction, never half of one. While the connection is down, it shows the
 * last known state. `openReplica` creates it.
 *
 * @throws OvsdbSchemaError from the methods that take a table or column which is not replicated
 */
export interface Replica<Tables> extends AsyncDisposable {
  /** Whether the replica is up to date with a live connection. */
  readonly synchronized: boolean;
  /**
   * All rows of a table by UUID. The map is live. A row object is immutable; a change replaces it by a new
   * object.
   */
  rows<T extends TableName<Tables>>(table: T): ReadonlyMap<Uuid, Tables[T]>;
  /** The row with this UUID; undefined when there is none. */
  get<T extends TableName<Tables>>(table: T, uuid: Uuid): Tables[T] | undefined;
  /**
   * The rows whose columns equal these values. A map column matches when it contains the given pairs. Uses an
   * index if one fits, and otherwise reads all rows.
   *
   * @example
   * ```ts
   * const [ls] = replica.find('Logical_Switch', { name: 'LS1' });
   * const web = replica.find('Logical_Switch_Port', { external_ids: { 'neutron:port_name': 'web' } });
   * ```
   */
  find<T extends TableName<Tables>>(table: T, match: Partial<Tables[T]>): Tables[T][];
  /**
   * The rows that a column refers to. Rows that are not replicated are left out.
   *
   * @throws OvsdbSchemaError when the column refers to no table, or the table is not replicated
   * @example
   * ```ts
   * for (const ls of replica.rows('Logical_Switch').values())
   *   console.log(ls.name, replica.resolve('Logical_Switch', ls, 'ports').map((port) => port.name));
   * ```
   */
  resolve<T extends TableName<Tables>, C extends ColumnName<Tables[T]>>(
    table: T,
    row: Tables[T],
    column: C,
  ): Tables[ReferredTable<Tables[T][C]> & TableName<Tables>][];
  /**
   * Calls the listener once per applied update, with all rows that it changed.
   *
   * @returns the function that removes the listener
   * @example
   * ```ts
   * const stop = replica.on('change', (changes) => {
   *   for (const { table, kind, old, new: row } of changes) console.log(table, kind, old, row);
   * });
   * stop();
   * ```
   */
  on(event: 'change', listener: (changes: readonly Change<Tables>[]) => void): () => void;
  /**
   * Works on the changes of each update before they take effect, in slices between which others get turns of
   * the event loop. So the listener of 'change' that follows has little left to do; it receives the same
   * array. An update whose subscription ends does not take effect: its generator returns early.
   *
   * @param preparation a generator that yields after each short step
   * @returns the function that removes it
   * @example
   * ```ts
   * const names = new Set<string>();
   * const stop = replica.prepare(function* (changes) {
   *   for (const { table, new: row } of changes) {
   *     if (table === 'Logical_Switch' && row) names.add(row.name);
   *     yield;
   *   }
   * });
   * stop();
   * ```
   */
  prepare(preparation: (changes: readonly Change<Tables>[]) => Generator<void, void>): () => void;
  /**
   * Calls the predicate now and after each change. Resolves with its result as soon as that is neither
   * undefined nor false.
   *
   * @throws OvsdbTimeoutError after `timeoutMs`; OvsdbClosedError when the replica is closed; the signal's
   *   reason; the errors of the predicate
   * @example
   * ```ts
   * const port = await replica.until((r) => r.find('Logical_Switch_Port', { name: 'web', up: true })[0], {
   *   timeoutMs: 10_000,
   * });
   * ```
   */
  until<R>(predicate: (replica: this) => R | undefined | false, options?: UntilOptions): Promise<R>;
  /** Creates a transaction whose `commit` resolves after the replica has applied its effects. */
  transaction(): Transaction<Tables>;
  /**
   * Replaces the conditions of tables (ovsdb-server(7) §4.1.13). Resolves when the replica shows the selected
   * rows. The replica makes such changes one after the other.
   *
   * @throws OvsdbRequestError when the server refuses; the conditions then stay as they were
   * @example
   * ```ts
   * await replica.setConditions({ Logical_Switch_Port: [['tag', '==', 5]] });
   * ```
   */
  setConditions(
    where: { readonly [T in TableName<Tables>]?: readonly Condition<Tables[T]>[] },
  ): Promise<void>;
  /** Stops replicating (RFC 7047 §4.1.7). The rows stay readable. */
  close(): Promise<void>;
}

/** The table that the values of a column, or else its keys, refer to. */
export type ReferredTable<V> = V extends readonly (infer E)[]
  ? RefTarget<E>
  : V extends Readonly<Record<string, infer E>>
    ? RefTarget<E | V>
    : RefTarget<V>;
