import { EventList } from '../connection/event-list.ts';
import type { Session } from '../connection/session.ts';
import { runInSlices } from '../connection/slices.ts';
import type { Attachment, Supervisor } from '../connection/supervisor.ts';
import {
  OvsdbClosedError,
  OvsdbConnectionError,
  OvsdbMessageTooLargeError,
  OvsdbProtocolError,
} from '../errors.ts';
import type { DatabaseSchema, Row } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import { type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import { type ConditionChange, writeChange } from './condition-change.ts';
import { Monitor } from './monitor.ts';
import { type PlannedTable, requestsFor } from './plan.ts';
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

/**
 * Keeps the stores of a replica up to date: subscribes to the database on each session, resumes where the
 * last subscription ended if the server can, and applies each update as a whole.
 */
export class DatabaseFollower implements Attachment {
  /** Emits the row changes of each applied update. */
  readonly changes = new EventList<[readonly RowChange[]]>();
  /** Emits when `synchronized` or `closed` may have changed, and when the server refused to monitor. */
  readonly states = new EventList<[]>();
  /** What to do before an update takes effect: {@link Replica.prepare}. */
  readonly preparations = new Set<Preparation>();
  readonly #supervisor: Supervisor;
  readonly #database: string;
  readonly #plan: ReadonlyMap<string, PlannedTable>;
  readonly #stores: ReadonlyMap<string, TableStore>;
  #session: Session | undefined;
  #stopListening: () => void = () => undefined;
  /** Aborts when the present subscription ends. */
  #subscription = new AbortController();
  #monitor: Monitor | undefined;
  /** The server's schema of the database. */
  #serverSchema: DatabaseSchema | undefined;
  /** Why the latest subscription failed. */
  #failure: unknown;
  #databaseChanges = 0;
  #synchronized = false;
  #loaded = false;
  #closed = false;
  /**
   * Whether a change of conditions was sent and not answered: the rows may match the old conditions or the
   * new ones.
   */
  #conditionsUnsure = false;
  /** The transaction whose state the rows show; ZERO_UUID to request a whole snapshot next. */
  #transactionId: Uuid = ZERO_UUID;

  constructor(
    supervisor: Supervisor,
    database: string,
    plan: ReadonlyMap<string, PlannedTable>,
    stores: ReadonlyMap<string, TableStore>,
  ) {
    this.#supervisor = supervisor;
    this.#database = database;
    this.#plan = plan;
    this.#stores = stores;
  }

  /** Whether the rows are up to date with a live connection. */
  get synchronized(): boolean {
    return this.#synchronized;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Waits until the rows are up to date. @throws the server's error when it refused to monitor;
   * OvsdbClosedError
   */
  async whenSynchronized(signal?: AbortSignal): Promise<void> {
    const check = () => {
      if (!this.#synchronized && this.#failure !== undefined) throw this.#failure;
      return this.#synchronized;
    };
    await until(check, this, signal ? { signal } : {});
  }

  /** Replaces the conditions of tables on this subscription, and on the later ones. One call at a time. */
  async changeConditions(change: readonly ConditionChange[]): Promise<void> {
    const accept = () => {
      this.#conditionsUnsure = false;
      for (const { planned, conditions } of change) planned.where = conditions;
    };
    for (;;) {
      await this.whenSynchronized();
      const { signal } = this.#subscription;
      const monitor = this.#monitor;
      if (!monitor?.conditional) return accept();
      this.#conditionsUnsure = true;
      try {
        return await monitor.change(writeChange(change, this.#serverSchema), accept);
      } catch (error) {
        // The next subscription begins with the old conditions; then this change is tried again.
        if (signal.aborted) continue;
        this.#conditionsUnsure = false;
        // The server may have changed some tables before it refused another: load the old conditions again.
        if (change.length > 1) this.#reload(monitor);
        throw error;
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#supervisor.remove(this);
    this.#stopListening();
    this.#session = undefined;
    this.#desynchronize();
    this.#subscription.abort(new OvsdbClosedError('the replica'));
    await this.#monitor?.stop();
  }

  clientClosed(): void {
    void this.close();
  }

  attach(session: Session): void {
    this.#session = session;
    this.#stopListening();
    this.#stopListening = session.onEnd((reason) => {
      if (reason instanceof OvsdbProtocolError || reason instanceof OvsdbMessageTooLargeError) {
        // The rows may not match the server's, so the next subscription must not resume from them.
        this.#transactionId = ZERO_UUID;
        // The next load may fail in the same way, so a caller that waits for this load gets the error.
        if (!this.#synchronized) this.#failure = reason;
      }
      this.#unsubscribe(reason);
    });
    void this.#subscribe(session);
  }

  databasesChanged(): void {
    this.#databaseChanges++;
    if (this.#failure === undefined || !this.#session || this.#session.failure) return;
    // The change may have added the database that was missing.
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
      const serverSchema = await session.request('get_schema', [this.#database], {
        receive: (json) => parseSchema<Record<string, Row>>(json),
      });
      subscription.signal.throwIfAborted();
      this.#serverSchema = serverSchema;
      const monitor = new Monitor(session, this.#database, {
        begin: (resumed) => (subscription.signal.aborted ? IGNORING : this.#begin(resumed)),
        loaded: (changes, id) =>
          subscription.signal.aborted ? undefined : this.#finishLoad(changes, id, subscription.signal),
        update: (updates, id) => this.#takeUpdate(updates, id, subscription.signal),
        canceled: () => {
          this.#transactionId = ZERO_UUID;
          void this.#subscribe(session);
        },
      });
      this.#monitor = monitor;
      await monitor.start(requestsFor(this.#plan, serverSchema), this.#transactionId);
    } catch (error) {
      // If the session or this subscription ended, the next one starts over.
      if (session.failure || subscription.signal.aborted) return;
      this.#transactionId = ZERO_UUID;
      // The database may have been added after the server refused and before the refusal arrived.
      if (this.#databaseChanges !== databaseChanges) return await this.#subscribe(session);
      this.#failure = error;
      this.states.emit();
      await this.#watchForConversion(session);
    }
  }

  /**
   * Monitors no tables: the server cancels this monitor when it converts the database, which may remove the
   * failure.
   */
  async #watchForConversion(session: Session): Promise<void> {
    const monitor = new Monitor(session, this.#database, {
      begin: () => IGNORING,
      loaded: () => undefined,
      update: () => undefined,
      canceled: () => void this.#subscribe(session),
    });
    this.#monitor?.forget();
    this.#monitor = monitor;
    // The server refuses this when the database is missing; `databasesChanged` reports when it is added.
    await monitor.start({}, ZERO_UUID).catch(() => undefined);
  }

  #reload(monitor: Monitor): void {
    this.#transactionId = ZERO_UUID;
    void monitor.stop();
    if (this.#session) void this.#subscribe(this.#session);
  }

  #unsubscribe(reason: Error): void {
    this.#subscription.abort(reason);
    this.#monitor?.forget();
    this.#monitor = undefined;
    if (this.#conditionsUnsure) this.#transactionId = ZERO_UUID;
    this.#conditionsUnsure = false;
    this.#desynchronize();
  }

  #desynchronize(): void {
    this.#synchronized = false;
    this.states.emit();
  }

  #begin(resumed: boolean): SnapshotSink {
    if (resumed) return resumingSink(this.#stores);
    return this.#loaded ? comparingSink(this.#stores) : loadingSink(this.#stores);
  }

  #finishLoad(changes: readonly RowChange[], id: Uuid, signal: AbortSignal): void | Promise<void> {
    const finish = () => {
      this.#loaded = true;
      this.#transactionId = id;
      this.#synchronized = true;
      this.#apply(changes);
      this.states.emit();
    };
    const prepared = runInSlices(this.#prepare(changes), signal);
    return prepared instanceof Promise ? prepared.then(finish) : finish();
  }

  #takeUpdate(updates: TableUpdates, id: Uuid, signal: AbortSignal): void | Promise<void> {
    const apply = (changes: readonly RowChange[]) => {
      this.#transactionId = id;
      this.#apply(changes);
    };
    const changes = runInSlices(this.#read(updates), signal);
    if (!(changes instanceof Promise)) return apply(changes);
    return changes.then(apply).catch((error: unknown) => {
      // A rejection ends the session, which other replicas and calls use. Do not end it only because this
      // subscription has ended.
      if (!signal.aborted) throw error;
    });
  }

  *#read(updates: TableUpdates): Generator<void, readonly RowChange[]> {
    const changes = yield* readUpdates(this.#stores, updates);
    yield* this.#prepare(changes);
    return changes;
  }

  *#prepare(changes: readonly RowChange[]): Generator<void, void> {
    if (changes.length === 0) return;
    for (const preparation of this.preparations) yield* preparation(changes);
  }

  /** Applies the changes of a whole update. Only this method changes rows that readers see. */
  #apply(changes: readonly RowChange[]): void {
    if (changes.length === 0) return;
    applyChanges(this.#stores, changes);
    this.changes.emit(changes);
  }
}

/** Work on the changes of an update before they take effect. Yields after each short step. */
export type Preparation = (changes: readonly RowChange[]) => Generator<void, void>;

/** For the reply to a monitor request whose subscription has ended. */
const IGNORING: SnapshotSink = { take: () => undefined, finish: () => [] };
