import type { Session } from '../connection/session.ts';
import { OvsdbProtocolError, OvsdbRequestError } from '../errors.ts';
import { isUuid, type Uuid, ZERO_UUID } from '../schema/uuid.ts';
import type { WireCondition } from '../wire/operations.ts';
import type { MonitorEvents } from './monitor-events.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import type { TableUpdates } from './updates.ts';

/** The columns and rows of a table to monitor: ovsdb-server(7) §4.1.12 `<monitor-cond-request>`. */
export interface MonitorRequest {
  readonly columns: readonly string[];
  readonly where: readonly WireCondition[];
}

/** The three methods to monitor, newest first. A server that supports one also supports the older ones. */
const METHODS = ['monitor_cond_since', 'monitor_cond', 'monitor'] as const;

let nextMonitor = 0;

/** A monitor of one database on one session. */
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

  /** Whether the server applies conditions. A server older than OVS 2.6 sends all rows. */
  get conditional(): boolean {
    return this.#method !== 'monitor';
  }

  /**
   * Starts to monitor. Resolves when the snapshot is loaded.
   *
   * @param since the transaction whose state the caller's rows show; ZERO_UUID to get all rows
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
   * Replaces conditions (ovsdb-server(7) §4.1.13). Before it replies, the server sends the rows that now
   * match and the deletion of those that no longer match.
   *
   * @param onAccepted called when the reply arrives, before the session handles any later message
   */
  async change(
    where: Readonly<Record<string, readonly WireCondition[]>>,
    onAccepted: () => void,
  ): Promise<void> {
    const requests = Object.fromEntries(
      Object.entries(where).map(([table, conditions]) => [
        table,
        // An empty list selects all rows in monitor_cond, but none in monitor_cond_change.
        [{ where: conditions.length > 0 ? conditions : [true] }],
      ]),
    );
    // The monitor keeps its ID. With a new one, the ID in use would be uncertain after a refusal.
    await this.#session.request('monitor_cond_change', [this.#id, this.#id, requests], {
      receive: onAccepted,
    });
  }

  /** Ends the monitor on the server too (RFC 7047 §4.1.7). */
  async stop(): Promise<void> {
    this.forget();
    if (!this.#session.failure)
      await this.#session.request('monitor_cancel', [this.#id]).catch(() => undefined);
  }

  /** Stops listening, without a request to the server. */
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
