import type { Client } from '../connection/connect.ts';
import { EventList } from '../connection/event-list.ts';
import type { Session } from '../connection/session.ts';
import type { Attachment } from '../connection/supervisor.ts';
import {
  OvsdbClosedError,
  OvsdbConnectionError,
  OvsdbMessageTooLargeError,
  OvsdbProtocolError,
  OvsdbSchemaError,
} from '../errors.ts';
import type { ColumnValue, DatabaseSchema, Row } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import { type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import { Transaction } from '../transact/transaction.ts';
import { tableOf } from '../transact/where.ts';
import { type ConditionChange, readChange, writeChange } from './condition-change.ts';
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
  /** What the server has of the schema. */
  #server: DatabaseSchema | undefined;
  /** Ends with the last change of conditions that was asked for: the next is sent when the server has answered that. */
  #lastChange: Promise<void> = Promise.resolve();
  /** Whether a change of conditions was sent and not answered: the rows may show either. */
  #changing = false;
  #stopListening: () => void = () => undefined;
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
    const change = readChange(this.#plan, where);
    const changed = this.#lastChange.then(() => this.#change(change));
    this.#lastChange = changed.catch(() => undefined);
    await changed;
  }

  async #change(change: readonly ConditionChange[]): Promise<void> {
    const accept = () => {
      this.#changing = false;
      for (const { planned, conditions } of change) planned.where = conditions;
    };
    for (;;) {
      await this.whenSynchronized();
      const { signal } = this.#subscription;
      const monitor = this.#monitor;
      if (!monitor?.conditional) return accept();
      this.#changing = true;
      try {
        return await monitor.change(writeChange(change, this.#server), accept);
      } catch (error) {
        // The next subscription begins with the old conditions, and then this is tried again.
        if (signal.aborted) continue;
        this.#changing = false;
        // A server that refuses one table has changed those before it all the same.
        if (change.length > 1) this.#reload(monitor);
        throw error;
      }
    }
  }

  #reload(monitor: Monitor): void {
    this.#transactionId = ZERO_UUID;
    void monitor.stop();
    if (this.#session) void this.#subscribe(this.#session);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.supervisor.remove(this);
    this.#stopListening();
    this.#session = undefined;
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
    this.#stopListening();
    this.#stopListening = session.onEnd((reason) => {
      if (reason instanceof OvsdbProtocolError || reason instanceof OvsdbMessageTooLargeError) {
        // Rows that do not fit what the server says are not what to resume from.
        this.#transactionId = ZERO_UUID;
        // The next load may well go the same way: who waits for this one must know. It is tried again all the same.
        if (!this.#synchronized) this.#failure = reason;
      }
      this.#unsubscribe(reason);
    });
    void this.#subscribe(session);
  }

  databasesChanged(): void {
    this.#databaseChanges++;
    if (this.#failure === undefined || !this.#session || this.#session.failure) return;
    // A database that was missing may have come.
    void this.#monitor?.stop();
    void this.#subscribe(this.#session);
  }

  async #subscribe(session: Session): Promise<void> {
    this.#unsubscribe(new OvsdbConnectionError('superseded'));
    const subscription = new AbortController();
    this.#subscription = subscription;
    this.#failure = undefined;
    const databaseChanges = this.#databaseChanges;
    try {
      const server = await session.request('get_schema', [this.#schema.name], {
        receive: (json) => parseSchema<Record<string, Row>>(json),
      });
      subscription.signal.throwIfAborted();
      this.#server = server;
      const monitor = new Monitor(session, this.#schema.name, {
        begin: (resumed) => (subscription.signal.aborted ? IGNORING : this.#begin(resumed)),
        settle: (changes, id) => {
          if (!subscription.signal.aborted) this.#settle(changes, id);
        },
        update: (updates, id) => this.#takeUpdate(updates, id, subscription.signal),
        canceled: () => {
          this.#transactionId = ZERO_UUID;
          void this.#subscribe(session);
        },
      });
      this.#monitor = monitor;
      await monitor.start(requestsFor(this.#plan, server), this.#transactionId);
    } catch (error) {
      // What ended with the session is done again on the next one.
      if (session.failure || subscription.signal.aborted) return;
      this.#transactionId = ZERO_UUID;
      // The database may have come after the server refused, and before we read that it did.
      if (this.#databaseChanges !== databaseChanges) return await this.#subscribe(session);
      this.#failure = error;
      this.#states.emit();
      await this.#watch(session);
    }
  }

  /** A monitor of nothing, which the server ends when the database is converted: that may put right what it refused. */
  async #watch(session: Session): Promise<void> {
    const watch = new Monitor(session, this.#schema.name, {
      begin: () => IGNORING,
      settle: () => undefined,
      update: () => undefined,
      canceled: () => void this.#subscribe(session),
    });
    this.#monitor?.forget();
    this.#monitor = watch;
    // It is not there at all when the database is missing; that it comes back is told otherwise.
    await watch.start({}, ZERO_UUID).catch(() => undefined);
  }

  #unsubscribe(reason: Error): void {
    this.#subscription.abort(reason);
    this.#monitor?.forget();
    this.#monitor = undefined;
    if (this.#changing) this.#transactionId = ZERO_UUID;
    this.#changing = false;
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

  #settle(changes: readonly RowChange[], id: Uuid): void {
    this.#loaded = true;
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

function notFound(table: string): never {
  throw new OvsdbSchemaError(`table ${table} is not replicated`);
}
