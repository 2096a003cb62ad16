import type { Session } from '../connection/session.ts';
import { OvsdbProtocolError, OvsdbRequestError } from '../errors.ts';
import { isUuid, type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import type { WireCondition } from '../wire/operations.ts';
import type { MonitorEvents } from './monitor-events.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import type { TableUpdates } from './updates.ts';

/** What is monitored of a table: ovsdb-server(7) §4.1.12 `<monitor-cond-request>`. */
export interface MonitorRequest {
  readonly columns: readonly string[];
  readonly where: readonly WireCondition[];
}

/** The three ways to monitor, newest first: each server knows the ones below its own. */
const METHODS = ['monitor_cond_since', 'monitor_cond', 'monitor'] as const;

let nextMonitor = 0;

/** A monitor on one session. */
export class Monitor {
  readonly #session: Session;
  readonly #database: string;
  readonly #events: MonitorEvents;
  readonly #id: string;
  #method: (typeof METHODS)[number] = METHODS[0];
  #stopListening: (() => void)[] = [];
  #stopped = false;

  constructor(session: Session, database: string, events: MonitorEvents) {
    this.#session = session;
    this.#database = database;
    this.#events = events;
    this.#id = `${database}-${nextMonitor++}`;
  }

  /** Whether the server applies conditions; one older than OVS 2.6 sends all rows. */
  get conditional(): boolean {
    return this.#method !== 'monitor';
  }

  /**
   * Begins; resolves when the snapshot has been taken.
   *
   * @param since the transaction that the caller's rows are at; ZERO_UUID for none
   */
  async start(requests: Readonly<Record<string, MonitorRequest>>, since: Uuid): Promise<void> {
    this.#listen();
    for (const method of METHODS) {
      this.#method = method;
      try {
        await this.#request(requests, since);
        return;
      } catch (error) {
        const older = error instanceof OvsdbRequestError && error.code === 'unknown method';
        if (!older || method === 'monitor' || this.#stopped) throw error;
      }
    }
  }

  /**
   * Replaces conditions (ovsdb-server(7) §4.1.13). Servers tell the rows that come and go before they reply.
   *
   * @param onAccepted called with the reply, before any later message is looked at
   */
  async change(
    where: Readonly<Record<string, readonly WireCondition[]>>,
    onAccepted: () => void,
  ): Promise<void> {
    const requests = Object.fromEntries(
      Object.entries(where).map(([table, conditions]) => [
        table,
        // An empty list means all rows to monitor_cond, and none to monitor_cond_change.
        [{ where: conditions.length > 0 ? conditions : [true] }],
      ]),
    );
    // The monitor keeps its ID: another one would have to be followed through refusals.
    await this.#session.request('monitor_cond_change', [this.#id, this.#id, requests], {
      receive: onAccepted,
    });
  }

  /** Ends it (RFC 7047 §4.1.7). */
  async stop(): Promise<void> {
    this.forget();
    if (!this.#session.failure)
      await this.#session.request('monitor_cancel', [this.#id]).catch(() => undefined);
  }

  /** Ends listening, without telling the server. */
  forget(): void {
    this.#stopped = true;
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
  }

  #listen(): void {
    const session = this.#session;
    const update = ([id, updates]: readonly unknown[]) =>
      id === this.#id ? this.#events.update(checkUpdates(updates), ZERO_UUID) : undefined;
    this.#stopListening = [
      session.on('update', update),
      session.on('update2', update),
      session.on('update3', ([id, transactionId, updates]) =>
        id === this.#id
          ? this.#events.update(checkUpdates(updates), isUuid(transactionId) ? transactionId : ZERO_UUID)
          : undefined,
      ),
      session.on('monitor_canceled', ([id]) => {
        if (id === this.#id) this.#events.canceled();
      }),
    ];
  }

  #request(requests: Readonly<Record<string, MonitorRequest>>, since: Uuid): Promise<void> {
    const conditional = this.conditional;
    const wire = Object.fromEntries(
      Object.entries(requests).map(([table, { columns, where }]) => [
        table,
        [conditional && where.length > 0 ? { columns, where } : { columns }],
      ]),
    );
    const params = [this.#database, this.#id, wire];
    if (this.#method === 'monitor_cond_since') params.push(since);
    const reader = new SnapshotReader(this.#method === 'monitor_cond_since', this.#events);
    return this.#session.request(this.#method, params, {
      onPart: (part) => reader.take(part),
      receive: () => reader.finish(),
    });
  }
}

function checkUpdates(updates: unknown): TableUpdates {
  if (typeof updates !== 'object' || updates === null || Array.isArray(updates)) {
    throw new OvsdbProtocolError('updates must be a JSON object');
  }
  return updates as TableUpdates;
}
