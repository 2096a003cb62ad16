import type { DatabaseSchema } from '../schema/database-schema.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';
import type { Lock } from './lock.ts';
import type { TlsOptions } from './tls-options.ts';

/** How to reach the servers of a database. Times are in milliseconds. */
export interface ConnectOptions {
  /** `unix:PATH`, `tcp:HOST:PORT` or `ssl:HOST:PORT`; several for a cluster. An IPv6 address stands in brackets. */
  readonly remotes: string | readonly string[];
  /** Gives up the first connection. Has no effect after `connect` has resolved. */
  readonly signal?: AbortSignal;
  /** Keep trying until a server answers; otherwise `connect` rejects when every remote has failed once. */
  readonly waitForServer?: boolean;
  /** Use only the leader of a RAFT cluster (as found in the `_Server` database). */
  readonly leaderOnly?: boolean;
  /** The database whose leader and cluster matter, where a server has several. Default: all that it has. */
  readonly database?: string;
  /** For `ssl:` remotes. */
  readonly tls?: TlsOptions;
  /** How long one attempt to connect may take. Default 5,000. */
  readonly connectTimeoutMs?: number;
  /** An idle server is probed by an echo after this time, and given up after twice this time. Default 5,000; 0: never. */
  readonly probeIntervalMs?: number;
  /** How long a call made while disconnected waits for the connection to come back. Default 5,000. */
  readonly offlineWaitMs?: number;
  /** First and longest pause between attempts to reconnect. Default 100 and 8,000. */
  readonly backoff?: { readonly minMs?: number; readonly maxMs?: number };
  /** Longest message that is held whole, in bytes; a snapshot is not: it becomes rows as it comes. Default 256 MiB. */
  readonly maxMessageBytes?: number;
}

/** Options of one call. */
export interface CallOptions {
  /**
   * Cancels the call: it rejects with the signal's reason. A transaction that the server has already carried out is
   * not undone: then the call resolves. One that a cluster, or a relay, may have in hand cannot be called back: then it
   * rejects with OvsdbOutcomeUnknownError, whose cause is the signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** What `OvsdbClient.on` tells. */
export interface ClientEvents {
  /** A session is up. */
  connected: (remote: string) => void;
  /** The session ended; the client reconnects on its own, until it is closed. */
  disconnected: (reason: Error) => void;
}

/**
 * A connection to an OVSDB server that comes back on its own. Made by `connect`. Calls are sent at once, however many
 * are under way: who makes very many should wait for some first.
 */
export interface OvsdbClient extends AsyncDisposable {
  /** Whether a session is up now. */
  readonly connected: boolean;
  /** The remote in use now. */
  readonly remote: string | undefined;
  /** RFC 7047 §4.1.1. */
  listDbs(options?: CallOptions): Promise<string[]>;
  /** RFC 7047 §4.1.2. */
  getSchema(database: string, options?: CallOptions): Promise<DatabaseSchema>;
  /** The ID of the server process, new at each of its starts (ovsdb-server(7) §4.1.17). */
  getServerId(options?: CallOptions): Promise<string>;
  /**
   * Carries out the operations as one transaction (RFC 7047 §4.1.3).
   *
   * @throws OvsdbOperationError when an operation or the commit fails: nothing took effect
   * @throws OvsdbConnectionError when there is no connection: nothing was sent
   * @throws OvsdbOutcomeUnknownError when the connection drops before the reply, or the server stops waiting for the
   *   outcome: its schema is being changed, or the signal was aborted and the database is not a standalone one
   */
  transact(
    database: string,
    operations: readonly Operation[],
    options?: CallOptions,
  ): Promise<OperationResult[]>;
  /** Asks for a lock (RFC 7047 §4.1.8), whose name is an `<id>`: letters, digits and underscores. Resolves when the server has queued the request, whether or not it is held yet. */
  lock(name: string, options?: CallOptions): Promise<Lock>;
  /** Takes a lock from whoever holds it (RFC 7047 §4.1.8). */
  steal(name: string, options?: CallOptions): Promise<Lock>;
  /** Listens; gives the function that ends listening. */
  on<E extends keyof ClientEvents>(event: E, listener: ClientEvents[E]): () => void;
  /** Ends the connection. Calls under way reject. */
  close(): Promise<void>;
}
