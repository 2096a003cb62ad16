import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';
import type { Lock } from './lock.ts';
import type { TlsOptions } from './tls-options.ts';

/** How to reach the servers of a database. Times are in milliseconds. */
export interface ConnectOptions {
  /**
   * `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`, with an IPv6 address in brackets. For a cluster, a list
   * or comma-separated text.
   */
  readonly remotes: string | readonly string[];
  /** Cancels `connect`. Has no effect after `connect` has resolved. */
  readonly signal?: AbortSignal;
  /** Keep trying until a server answers; otherwise `connect` rejects when every remote has failed once. */
  readonly waitForServer?: boolean;
  /** Use only the leader of a RAFT cluster, which the `_Server` database names. */
  readonly leaderOnly?: boolean;
  /**
   * The database whose cluster and leader count when a server has several databases. Default: all of them.
   */
  readonly database?: string;
  /** For `ssl:` remotes. */
  readonly tls?: TlsOptions;
  /** Time limit for one attempt to connect. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /**
   * After this time without a message the client sends an echo, and after twice this time it drops the
   * connection. Default 5,000; 0 turns the probe off.
   */
  readonly probeIntervalMs?: number;
  /** How long a call that is made while disconnected waits for a connection. Default 5,000. */
  readonly offlineWaitMs?: number;
  /** First and longest pause between attempts to reconnect. Default 100 and 8,000. */
  readonly backoff?: { readonly minMs?: number; readonly maxMs?: number };
  /**
   * Longest message that the client buffers, in bytes. A snapshot may be longer, because it becomes rows as
   * it arrives. Default 256 MiB.
   */
  readonly maxMessageBytes?: number;
}

/** Options of one call. */
export interface CallOptions {
  /**
   * Cancels the call, which then rejects with the signal's reason. A transaction is different: if the server
   * has already carried it out, it is not undone and the call resolves. A cluster or a relay may still commit
   * it, so there the call rejects with OvsdbOutcomeUnknownError, whose cause is the signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** The events of `OvsdbClient.on`. */
export interface ClientEvents {
  /** A session is up. */
  connected: (remote: string) => void;
  /** The session ended; the client reconnects on its own, until it is closed. */
  disconnected: (reason: Error) => void;
}

/**
 * A connection to an OVSDB server that reconnects by itself. `connect` creates it. The client sends every
 * call at once and does not limit the number of calls in progress; a program that makes very many calls must
 * limit them itself.
 */
export interface OvsdbClient extends AsyncDisposable {
  /** Whether a session is up now. */
  readonly connected: boolean;
  /** The remote in use now. */
  readonly remote: string | undefined;
  /** The names of the server's databases (RFC 7047 §4.1.1). */
  listDbs(options?: CallOptions): Promise<string[]>;
  /**
   * The server's schema of a database (RFC 7047 §4.1.2).
   *
   * @throws OvsdbRequestError "unknown database"
   */
  getSchema(database: string, options?: CallOptions): Promise<DatabaseSchema>;
  /** The ID of the server process, which changes at each start (ovsdb-server(7) §4.1.17). */
  getServerId(options?: CallOptions): Promise<string>;
  /**
   * Carries out the operations as one transaction (RFC 7047 §4.1.3).
   *
   * @throws OvsdbOperationError when an operation or the commit fails: nothing took effect
   * @throws OvsdbConnectionError when there is no connection: nothing was sent
   * @throws OvsdbOutcomeUnknownError when the connection drops before the reply, or the server stops waiting
   *   for the outcome: its schema is being changed, or the signal aborted and the database is clustered or
   *   relayed
   * @example
   * ```ts
   * const [inserted] = await client.transact('OVN_Northbound', [
   *   { op: 'insert', table: 'Logical_Switch', row: { name: 'LS1' } },
   * ]);
   * console.log(inserted?.uuid); // ['uuid', '…']
   * ```
   */
  transact(
    database: string,
    operations: readonly Operation[],
    options?: CallOptions,
  ): Promise<OperationResult[]>;
  /**
   * Requests a lock (RFC 7047 §4.1.8). Resolves when the server has queued the request; see `Lock.acquired`
   * for the lock itself.
   *
   * @param name an `<id>`: letters, digits and underscores
   * @throws OvsdbRequestError when the server refuses, for example because this client has already requested
   *   this lock
   */
  lock(name: string, options?: CallOptions): Promise<Lock>;
  /** Takes a lock away from its present owner (RFC 7047 §4.1.8). */
  steal(name: string, options?: CallOptions): Promise<Lock>;
  /**
   * Listens for an event.
   *
   * @returns the function that removes the listener
   * @example
   * ```ts
   * const stop = client.on('disconnected', (reason) => console.log(reason.message));
   * stop();
   * ```
   */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): () => void;
  /** Closes the connection. Calls in progress reject. */
  close(): Promise<void>;
}
