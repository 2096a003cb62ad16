import type { ColumnName, Condition, TableName } from '../schema/row-types.ts';
import type { RefTarget, Uuid } from '../schema/uuid.ts';
import type { Transaction } from '../transact/transaction.ts';

/** Which part of a table is replicated. */
export interface TableSelection<R> {
  /** Columns that are not chosen are absent from the rows. */
  readonly columns: readonly ColumnName<R>[] | '*';
  /** Only rows for which one of these holds; all rows when absent or empty. */
  readonly where?: readonly Condition<R>[];
}

/** Which tables are replicated, and of each which columns. */
export type Selection<Tables> = {
  readonly [T in TableName<Tables>]?: readonly ColumnName<Tables[T]>[] | '*' | TableSelection<Tables[T]>;
};

/** An index on the value of a column, or on the value under one key of a map column. */
export type IndexSpec<R> = ColumnName<R> | { readonly column: ColumnName<R>; readonly key: string };

/** Options of `openReplica`. */
export interface ReplicaOptions<Tables> {
  /** Makes `find` by these columns fast. Unique indexes of the schema on a single column are always there. */
  readonly indexes?: { readonly [T in TableName<Tables>]?: readonly IndexSpec<Tables[T]>[] };
  /** Gives up the first load. */
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
  /** Milliseconds; absent: waits until it holds or the replica is closed. */
  readonly timeoutMs?: number;
}

/**
 * A copy in memory of a part of a database, kept up to date by the server. What it shows is always the state after a
 * whole transaction, never half of one. While the connection is down it shows the last state it knew.
 */
export interface Replica<Tables> extends AsyncDisposable {
  /** Whether the replica is up to date with a live connection. */
  readonly synchronized: boolean;
  /** All rows of a table. The map is live; a row object never changes: a changed row is a new object. */
  rows<T extends TableName<Tables>>(table: T): ReadonlyMap<Uuid, Tables[T]>;
  /** The row with this UUID. */
  get<T extends TableName<Tables>>(table: T, uuid: Uuid): Tables[T] | undefined;
  /** The rows whose columns equal these values; a map column matches when it holds the given pairs. Uses an index when there is one. */
  find<T extends TableName<Tables>>(table: T, match: Partial<Tables[T]>): Tables[T][];
  /** The rows that a column refers to. Rows that are not replicated are left out. */
  resolve<T extends TableName<Tables>, C extends ColumnName<Tables[T]>>(
    table: T,
    row: Tables[T],
    column: C,
  ): Tables[ReferredTable<Tables[T][C]> & TableName<Tables>][];
  /** Calls back once per applied update, with everything that it changed. Gives the function that ends listening. */
  on(event: 'change', listener: (changes: readonly Change<Tables>[]) => void): () => void;
  /**
   * Resolves with what the predicate gives as soon as that is neither undefined nor false: checked now and after each change.
   *
   * @throws OvsdbTimeoutError after `timeoutMs`
   */
  until<R>(predicate: (replica: this) => R | undefined | false, options?: UntilOptions): Promise<R>;
  /** A transaction whose `commit` resolves after the replica has applied its effects. */
  transaction(): Transaction<Tables>;
  /** Replaces the conditions of tables (ovsdb-server(7) §4.1.13). Resolves when the rows are there or gone. */
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
