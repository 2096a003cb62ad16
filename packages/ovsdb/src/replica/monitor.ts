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
  #id: string;
  /** Ids that are being replaced. */
  readonly #oldIds = new Set<unknown>();
  #method: (typeof METHODS)[number] = METHODS[0];
  #stopListening: (() => void)[] = [];

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
        if (!(error instanceof OvsdbRequestError && error.code === 'unknown method') || method === 'monitor')
          throw error;
      }
    }
  }

  /** Replaces conditions (ovsdb-server(7) §4.1.13). Resolves when the rows that come or go have been told. */
  async change(where: Readonly<Record<string, readonly WireCondition[]>>): Promise<void> {
    const oldId = this.#id;
    const newId = `${this.#database}-${nextMonitor++}`;
    const requests = Object.fromEntries(
      Object.entries(where).map(([table, conditions]) => [table, [{ where: conditions }]]),
    );
    // Servers tell the rows that come and go before the reply: under the new id (OVS 3.1), or under the old.
    this.#oldIds.add(oldId);
    this.#id = newId;
    try {
      await this.#session.request('monitor_cond_change', [oldId, newId, requests], {
        receive: () => void this.#oldIds.delete(oldId),
      });
    } catch (error) {
      this.#id = oldId;
      throw error;
    }
  }

  /** Ends it (RFC 7047 §4.1.7). */
  async stop(): Promise<void> {
    this.forget();
    if (!this.#session.failure)
      await this.#session.request('monitor_cancel', [this.#id]).catch(() => undefined);
  }

  /** Ends listening, without telling the server. */
  forget(): void {
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
  }

  #isMine(id: unknown): boolean {
    return id === this.#id || this.#oldIds.has(id);
  }

  #listen(): void {
    const session = this.#session;
    const update = ([id, updates]: readonly unknown[]) =>
      this.#isMine(id) ? this.#events.update(checkUpdates(updates), ZERO_UUID) : undefined;
    this.#stopListening = [
      session.on('update', update),
      session.on('update2', update),
      session.on('update3', ([id, transactionId, updates]) =>
        this.#isMine(id)
          ? this.#events.update(checkUpdates(updates), isUuid(transactionId) ? transactionId : ZERO_UUID)
          : undefined,
      ),
      session.on('monitor_canceled', ([id]) => {
        if (this.#isMine(id)) this.#events.canceled();
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
