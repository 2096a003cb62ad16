import type { Client } from '../connection/connect.ts';
import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnValue, DatabaseSchema, Row } from '../schema/database-schema.ts';
import type { Uuid } from '../schema/uuid.ts';
import { Transaction } from '../transact/transaction.ts';
import { tableOf } from '../transact/where.ts';
import { readChange } from './condition-change.ts';
import { DatabaseFollower, type Preparation } from './database-follower.ts';
import type { PlannedTable } from './plan.ts';
import type { UntilOptions } from './replica.ts';
import { ReplicaTransactor } from './replica-transactor.ts';
import { resolveReferences } from './resolve-references.ts';
import type { TableStore } from './table-store.ts';
import { until } from './until.ts';
import type { RowChange } from './updates.ts';

/**
 * The replica that `openReplica` returns: the readers' view of the rows that a `DatabaseFollower` keeps up to
 * date. Its types are loose because only the schema, not the compiler, knows the columns.
 */
export class LiveReplica implements AsyncDisposable {
  readonly #client: Client;
  readonly #schema: DatabaseSchema;
  readonly #plan: ReadonlyMap<string, PlannedTable>;
  readonly #stores: ReadonlyMap<string, TableStore>;
  readonly #follower: DatabaseFollower;
  /** Resolves when the server has answered the latest change of conditions. Then the next one is sent. */
  #lastChange: Promise<void> = Promise.resolve();

  constructor(client: Client, schema: DatabaseSchema, plan: ReadonlyMap<string, PlannedTable>) {
    this.#client = client;
    this.#schema = schema;
    this.#plan = plan;
    this.#stores = new Map([...plan].map(([table, { store }]) => [table, store]));
    this.#follower = new DatabaseFollower(client.supervisor, schema.name, plan, this.#stores);
  }

  /**
   * Starts to replicate. Resolves when the first snapshot is loaded.
   *
   * @throws the server's error when it refuses; OvsdbClosedError; the signal's reason
   */
  async open(signal: AbortSignal | undefined): Promise<void> {
    this.#client.supervisor.add(this.#follower);
    await this.#follower.whenSynchronized(signal);
  }

  get synchronized(): boolean {
    return this.#follower.synchronized;
  }

  rows(table: string): ReadonlyMap<Uuid, Row> {
    return this.#store(table).rows;
  }

  get(table: string, uuid: Uuid): Row | undefined {
    return this.#store(table).rows.get(uuid);
  }

  find(table: string, match: Readonly<Record<string, ColumnValue>>): Row[] {
    return this.#store(table).find(match);
  }

  resolve(table: string, row: Row, column: string): Row[] {
    return resolveReferences(this.#stores, tableOf(this.#schema, table), table, row, column);
  }

  on(_event: 'change', listener: (changes: readonly RowChange[]) => void): () => void {
    return this.#follower.changes.add(listener);
  }

  prepare(preparation: Preparation): () => void {
    this.#follower.preparations.add(preparation);
    return () => void this.#follower.preparations.delete(preparation);
  }

  until<R>(predicate: (replica: this) => R | undefined | false, options: UntilOptions = {}): Promise<R> {
    return until(() => predicate(this), this.#follower, options);
  }

  transaction(): Transaction<Record<string, Row>> {
    return new Transaction(this.#schema, new ReplicaTransactor(this.#client, this.#follower));
  }

  async setConditions(where: Readonly<Record<string, readonly unknown[]>>): Promise<void> {
    const change = readChange(this.#plan, where);
    const changed = this.#lastChange.then(() => this.#follower.changeConditions(change));
    this.#lastChange = changed.catch(() => undefined);
    await changed;
  }

  close(): Promise<void> {
    return this.#follower.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #store(table: string): TableStore {
    const store = this.#stores.get(table);
    if (!store) throw new OvsdbSchemaError(`table ${table} is not replicated`);
    return store;
  }
}
