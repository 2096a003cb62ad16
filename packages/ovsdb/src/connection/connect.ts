import { OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema } from '../schema/database-schema.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';
import { checkResults } from './check-results.ts';
import { EventList } from './event-list.ts';
import { type Lock, ServerLock } from './lock.ts';
import type { CallOptions, ClientEvents, ConnectOptions, OvsdbClient } from './ovsdb-client.ts';
import type { RequestOptions } from './session-options.ts';
import { Supervisor } from './supervisor.ts';

/**
 * Connects to the first remote that answers. When the connection ends later, the client reconnects by itself,
 * to the next remote in turn.
 *
 * @throws OvsdbSchemaError when a remote is not written as ovsdb(7) "Connection Methods" says, or there is
 *   none
 * @throws OvsdbConnectionError when no remote answers, unless `waitForServer` is set; the signal's reason
 *   when it aborts
 * @example
 * ```ts
 * await using client = await connect({ remotes: 'unix:/run/ovn/ovnnb_db.sock' });
 * console.log(client.remote, await client.listDbs());
 * ```
 */
export async function connect(options: ConnectOptions): Promise<OvsdbClient> {
  const remotes =
    typeof options.remotes === 'string'
      ? options.remotes.split(',').map((text) => text.trim())
      : options.remotes;
  if (remotes.length === 0) throw new OvsdbSchemaError('there must be at least one remote');
  const supervisor = new Supervisor({
    remotes,
    leaderOnly: options.leaderOnly ?? false,
    database: options.database,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    probeIntervalMs: options.probeIntervalMs ?? 5_000,
    maxMessageBytes: options.maxMessageBytes ?? 256 * 1024 * 1024,
    backoffMinMs: options.backoff?.minMs ?? 100,
    backoffMaxMs: options.backoff?.maxMs ?? 8_000,
    tls: options.tls,
  });
  const client = new Client(supervisor, options.offlineWaitMs ?? 5_000);
  await supervisor.start({ persistent: options.waitForServer ?? false, signal: options.signal });
  return client;
}

/** The client with the methods that only this package uses. */
export class Client implements OvsdbClient {
  readonly supervisor: Supervisor;
  readonly #offlineWaitMs: number;
  readonly #events = {
    connected: new EventList<[string]>(),
    disconnected: new EventList<[Error]>(),
  };

  constructor(supervisor: Supervisor, offlineWaitMs: number) {
    this.supervisor = supervisor;
    this.#offlineWaitMs = offlineWaitMs;
    supervisor.connected.add((session) => this.#events.connected.emit(session.remote));
    supervisor.disconnected.add((reason) => this.#events.disconnected.emit(reason));
  }

  get connected(): boolean {
    return this.supervisor.session !== undefined;
  }

  get remote(): string | undefined {
    return this.supervisor.session?.remote;
  }

  async listDbs(options?: CallOptions): Promise<string[]> {
    return (await this.request('list_dbs', [], options)) as string[];
  }

  async getSchema(database: string, options?: CallOptions): Promise<DatabaseSchema> {
    const schema = await this.request('get_schema', [database], { ...options, receive: parseSchema });
    return schema as DatabaseSchema;
  }

  async getServerId(options?: CallOptions): Promise<string> {
    return (await this.request('get_server_id', [], options)) as string;
  }

  async transact(
    database: string,
    operations: readonly Operation[],
    options?: CallOptions,
  ): Promise<OperationResult[]> {
    return await this.sendTransaction(database, operations, options, () => undefined);
  }

  /**
   * Sends a transaction. Calls `onReply` when the reply arrives, before the session handles any later
   * message.
   */
  async sendTransaction(
    database: string,
    operations: readonly Operation[],
    options: CallOptions | undefined,
    onReply: () => void,
  ): Promise<OperationResult[]> {
    const results = await this.request('transact', [database, ...operations], {
      ...options,
      changesState: true,
      canceledIsUndone: () => this.supervisor.isStandalone(database),
      receive: (result) => {
        onReply();
        return checkResults(result, operations);
      },
    });
    return results as OperationResult[];
  }

  lock(name: string, options?: CallOptions): Promise<Lock> {
    return this.#lock(name, 'lock', options);
  }

  steal(name: string, options?: CallOptions): Promise<Lock> {
    return this.#lock(name, 'steal', options);
  }

  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): () => void {
    return event === 'connected'
      ? this.#events.connected.add(listener as ClientEvents['connected'])
      : this.#events.disconnected.add(listener as ClientEvents['disconnected']);
  }

  close(): Promise<void> {
    return this.supervisor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Sends a request on the current session, or on the next one when there is none. */
  async request(
    method: string,
    params: readonly unknown[],
    options: RequestOptions<unknown> = {},
  ): Promise<unknown> {
    const session =
      this.supervisor.session ?? (await this.supervisor.waitForSession(this.#offlineWaitMs, options.signal));
    return await session.request(method, params, options);
  }

  async #lock(name: string, method: 'lock' | 'steal', options?: CallOptions): Promise<Lock> {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new OvsdbSchemaError(
        `"${name}" is no name of a lock: letters, digits and underscores (RFC 7047 §3.1)`,
      );
    await this.supervisor.waitForSession(this.#offlineWaitMs, options?.signal);
    options?.signal?.throwIfAborted();
    const lock = new ServerLock(this.supervisor, name, method);
    this.supervisor.add(lock);
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = () => {
      reject(options?.signal?.reason);
      void lock.release();
    };
    options?.signal?.addEventListener('abort', onAbort);
    try {
      await Promise.race([promise, lock.asked]);
      return lock;
    } catch (error) {
      // Send no unlock: the server refuses the request if this client already has a Lock with this name, and
      // an unlock would release that Lock.
      this.supervisor.remove(lock);
      throw error;
    } finally {
      options?.signal?.removeEventListener('abort', onAbort);
    }
  }
}
