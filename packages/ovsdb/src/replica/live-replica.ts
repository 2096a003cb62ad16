import type { Client } from '../connection/connect.ts';
import { EventList } from '../connection/event-list.ts';
import type { Session } from '../connection/session.ts';
import type { Attachment } from '../connection/supervisor.ts';
import { OvsdbClosedError, OvsdbConnectionError, OvsdbProtocolError, OvsdbSchemaError } from '../errors.ts';
import type { ColumnValue, DatabaseSchema, Row } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import { type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import { Transaction } from '../transact/transaction.ts';
import { encodeCondition, tableOf } from '../transact/where.ts';
import { Monitor } from './monitor.ts';
import { type PlannedTable, requestsFor } from './plan.ts';
import type { UntilOptions } from './replica.ts';
import { ReplicaTransactor } from './replica-transactor.ts';
import { resolveReferences } from './resolve-references.ts';
import { runInSlices } from './slices.ts';
import type { TableStore } from './table-store.ts';
import { until } from './until.ts';
import {
  applyChanges,
  comparingSink,
  loadingSink,
  type RowChange,
  readUpdates,
  resumingSink,
  type SnapshotSink,
  type TableUpdates,
} from './updates.ts';

/** What `openReplica` makes. Typed loosely inside: the schema, not the compiler, knows the columns. */
export class LiveReplica implements Attachment {
  readonly #client: Client;
  readonly #schema: DatabaseSchema;
  readonly #plan: ReadonlyMap<string, PlannedTable>;
  readonly #stores: ReadonlyMap<string, TableStore>;
  readonly #changes = new EventList<[readonly RowChange[]]>();
  readonly #states = new EventList<[]>();
  #monitor: Monitor | undefined;
  /** Aborted when what it stands for, the subscription on one session, is over. */
  #subscription = new AbortController();
  #session: Session | undefined;
  #synchronized = false;
  #loaded = false;
  #closed = false;
  #failure: unknown;
  #databaseChanges = 0;
  /** How often conditions were replaced. */
  #conditions = 0;
  /** Which of these the rows show. While it lags, resuming would leave out older rows that only new conditions match. */
  #shownConditions = 0;
  /** The transaction that the rows are at; ZERO_UUID when the next snapshot must be a whole one. */
  #transactionId: Uuid = ZERO_UUID;

  constructor(client: Client, schema: DatabaseSchema, plan: ReadonlyMap<string, PlannedTable>) {
    this.#client = client;
    this.#schema = schema;
    this.#plan = plan;
    this.#stores = new Map([...plan].map(([table, { store }]) => [table, store]));
  }

  get synchronized(): boolean {
    return this.#synchronized;
  }

  /** Waits until the rows are up to date. @throws what the server said when it refused; OvsdbClosedError */
  async whenSynchronized(signal?: AbortSignal): Promise<void> {
    await this.until(
      () => {
        if (!this.#synchronized && this.#failure !== undefined) throw this.#failure;
        return this.#synchronized;
      },
      signal ? { signal } : {},
    );
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
    return this.#changes.add(listener);
  }

  until<R>(predicate: (replica: this) => R | undefined | false, options: UntilOptions = {}): Promise<R> {
    return until(
      () => predicate(this),
      this.#changes,
      this.#states,
      () => this.#closed,
      options,
    );
  }

  transaction(): Transaction<Record<string, Row>> {
    return new Transaction(this.#schema, new ReplicaTransactor(this.#client, this));
  }

  async setConditions(where: Readonly<Record<string, readonly unknown[]>>): Promise<void> {
    const wire = Object.entries(where).map(([table, conditions]) => {
      const planned = this.#plan.get(table);
      if (!planned) throw notReplicated(table);
      const schema = tableOf(this.#schema, table);
      return {
        planned,
        table,
        before: planned.where,
        conditions: conditions.map((condition) => encodeCondition(schema, table, condition)),
      };
    });
    for (const { planned, conditions } of wire) planned.where = conditions;
    // An empty list means all rows to monitor_cond, and none to monitor_cond_change.
    const change = Object.fromEntries(
      wire.map(({ table, conditions }) => [table, conditions.length > 0 ? conditions : [true]]),
    );
    const version = ++this.#conditions;
    for (;;) {
      await this.whenSynchronized();
      if (this.#shownConditions >= version) return;
      try {
        if (this.#monitor?.conditional) await this.#monitor.change(change);
        this.#shownConditions = Math.max(this.#shownConditions, version);
      } catch (error) {
        // When the session ended, the next one begins with the new conditions.
        if (error instanceof OvsdbConnectionError) continue;
        for (const { planned, conditions, before } of wire)
          if (planned.where === conditions) planned.where = before;
        throw error;
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.supervisor.remove(this);
    this.#desynchronize();
    this.#subscription.abort(new OvsdbClosedError('the replica'));
    await this.#monitor?.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  clientClosed(): void {
    void this.close();
  }

  attach(session: Session): void {
    this.#session = session;
    void session.ended.then((reason) => {
      // Rows that do not fit what the server says are not what to resume from.
      if (reason instanceof OvsdbProtocolError) this.#transactionId = ZERO_UUID;
      if (this.#session === session) this.#unsubscribe(reason);
    });
    void this.#subscribe(session);
  }

  databasesChanged(): void {
    this.#databaseChanges++;
    // A database that was missing may have come.
    if (this.#failure !== undefined && this.#session && !this.#session.failure)
      void this.#subscribe(this.#session);
  }

  async #subscribe(session: Session): Promise<void> {
    this.#unsubscribe(new OvsdbConnectionError('superseded'));
    const subscription = new AbortController();
    this.#subscription = subscription;
    this.#failure = undefined;
    const databaseChanges = this.#databaseChanges;
    try {
      const server = parseSchema<Record<string, Row>>(
        await session.request('get_schema', [this.#schema.name]),
      );
      subscription.signal.throwIfAborted();
      const conditions = this.#conditions;
      const monitor = new Monitor(session, this.#schema.name, {
        begin: (resumed) => (subscription.signal.aborted ? IGNORING : this.#begin(resumed)),
        settle: (changes, id) => {
          if (!subscription.signal.aborted) this.#settle(changes, id, conditions);
        },
        update: (updates, id) => this.#takeUpdate(updates, id, subscription.signal),
        canceled: () => {
          this.#transactionId = ZERO_UUID;
          void this.#subscribe(session);
        },
      });
      this.#monitor = monitor;
      await monitor.start(
        requestsFor(this.#plan, server),
        this.#shownConditions < conditions ? ZERO_UUID : this.#transactionId,
      );
    } catch (error) {
      // What ended with the session is done again on the next one.
      if (session.failure || subscription.signal.aborted) return;
      this.#transactionId = ZERO_UUID;
      // The database may have come after the server refused, and before we read that it did.
      if (this.#databaseChanges !== databaseChanges) return await this.#subscribe(session);
      this.#failure = error;
      this.#states.emit();
    }
  }

  #unsubscribe(reason: Error): void {
    this.#subscription.abort(reason);
    this.#monitor?.forget();
    this.#monitor = undefined;
    this.#desynchronize();
  }

  #desynchronize(): void {
    this.#synchronized = false;
    this.#states.emit();
  }

  #begin(resumed: boolean): SnapshotSink {
    if (resumed) return resumingSink(this.#stores);
    return this.#loaded ? comparingSink(this.#stores) : loadingSink(this.#stores);
  }

  #settle(changes: readonly RowChange[], id: Uuid, conditions: number): void {
    this.#loaded = true;
    this.#shownConditions = conditions;
    this.#transactionId = id;
    this.#synchronized = true;
    this.#show(changes);
    this.#states.emit();
  }

  #takeUpdate(updates: TableUpdates, id: Uuid, signal: AbortSignal): void | Promise<void> {
    const show = (changes: readonly RowChange[]) => {
      this.#transactionId = id;
      this.#show(changes);
    };
    const changes = runInSlices(readUpdates(this.#stores, updates), signal);
    if (!(changes instanceof Promise)) return show(changes);
    return changes.then(show).catch((error: unknown) => {
      // A replica that was closed meanwhile is no reason to end the session, which others use.
      if (!signal.aborted) throw error;
    });
  }

  /** The only place where readers see something new: all of a transaction at once. */
  #show(changes: readonly RowChange[]): void {
    if (changes.length === 0) return;
    applyChanges(this.#stores, changes);
    this.#changes.emit(changes);
  }

  #store(table: string): TableStore {
    return this.#stores.get(table) ?? notFound(table);
  }
}

/** For a reply that nobody waits for any more. */
const IGNORING: SnapshotSink = { take: () => undefined, finish: () => [] };

function notReplicated(table: string): OvsdbSchemaError {
  return new OvsdbSchemaError(`table ${table} is not replicated`);
}

function notFound(table: string): never {
  throw notReplicated(table);
}
