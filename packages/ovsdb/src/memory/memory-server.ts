import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTimer } from '../connection/timer.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import { ZERO_UUID } from '../schema/uuid.ts';
import type { Operation } from '../wire/operations.ts';
import { execute, type Outcome } from './execute.ts';
import { fail } from './failure.ts';
import { LockTable } from './lock-table.ts';
import { MemoryDatabase } from './memory-database.ts';
import { MemoryMonitor, type MonitorVersion } from './memory-monitor.ts';
import { MemorySession } from './memory-session.ts';
import { serverSchema } from './server-schema.ts';

/** Options of `startMemoryServer`. */
export interface MemoryServerOptions {
  /** The schemas of the databases, as parsed .ovsschema files. */
  readonly schemas: readonly unknown[];
  /**
   * Methods that the server refuses, to imitate an old server: OVS before 2.12 has no monitor_cond_since, OVS
   * before 2.6 no monitor_cond.
   */
  readonly without?: readonly string[];
}

/** A transaction whose `wait` does not hold yet (RFC 7047 §5.2.6). */
interface Waiting {
  readonly session: MemorySession;
  readonly id: unknown;
  readonly database: MemoryDatabase;
  readonly operations: readonly Operation[];
  readonly timer: NodeJS.Timeout | undefined;
}

const MONITOR_VERSIONS: Readonly<Record<string, MonitorVersion>> = {
  monitor: 1,
  monitor_cond: 2,
  monitor_cond_since: 3,
};

/**
 * An OVSDB server in this process, for unit tests: it needs no database file and no other program, and starts
 * with empty databases. It listens on a real unix socket, so that tests use the whole client. It checks
 * types, constraints, indexes and references as ovsdb-server does. It has no clustering, conversion, RBAC or
 * history.
 *
 * `startMemoryServer` creates one.
 */
export class MemoryServer implements AsyncDisposable {
  /** The remote for `connect`: `unix:PATH`. */
  readonly remote: string;
  readonly #directory: string;
  readonly #server: Server;
  readonly #without: ReadonlySet<string>;
  readonly #id = randomUUID();
  readonly #databases = new Map<string, MemoryDatabase>();
  readonly #sessions = new Set<MemorySession>();
  readonly #waiting = new Set<Waiting>();
  readonly #locks = new LockTable<MemorySession>((session, method, name) => session.notify(method, [name]));

  constructor(directory: string, { schemas, without = [] }: MemoryServerOptions) {
    this.#directory = directory;
    this.#without = new Set(without);
    this.remote = `unix:${join(directory, 'sock')}`;
    for (const json of [...schemas, serverSchema]) {
      const database = new MemoryDatabase(parseSchema(json), json);
      this.#databases.set(database.schema.name, database);
    }
    this.#describeDatabases();
    this.#server = createServer((socket) => {
      const session = new MemorySession(
        socket,
        (...call) => this.#handle(...call),
        (client, id) => this.#cancel(client, id),
      );
      this.#sessions.add(session);
      socket.on('close', () => this.#leave(session));
    });
  }

  /** Starts to listen on the socket. */
  async listen(): Promise<this> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(join(this.#directory, 'sock'), resolve);
    await promise;
    return this;
  }

  /** Drops every connection, as a killed server does. Clients can connect again at once. */
  dropConnections(): void {
    for (const session of this.#sessions) session.drop();
  }

  /** Drops every connection, stops listening and deletes the socket's directory. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const { timer } of this.#waiting) clearTimeout(timer);
    this.dropConnections();
    await closed;
    await rm(this.#directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #describeDatabases(): void {
    for (const { schema, json } of this.#databases.values()) {
      const row = {
        name: schema.name,
        model: 'standalone',
        leader: true,
        connected: true,
        schema: JSON.stringify(json),
      };
      execute(this.#database('_Server'), [{ op: 'insert', table: 'Database', row }], () => false);
    }
  }

  #handle(session: MemorySession, method: string, params: readonly unknown[], id: unknown): unknown {
    if (this.#without.has(method)) fail('unknown method', `no method ${method}`);
    switch (method) {
      case 'echo':
        return params;
      case 'list_dbs':
        return [...this.#databases.keys()];
      case 'get_schema':
        return this.#database(params[0]).json;
      case 'get_server_id':
        return this.#id;
      case 'set_db_change_aware':
        return {};
      case 'transact':
        return this.#transact(session, id, this.#database(params[0]), params.slice(1) as Operation[]);
      case 'monitor':
      case 'monitor_cond':
      case 'monitor_cond_since':
        return this.#monitor(session, MONITOR_VERSIONS[method] as MonitorVersion, params);
      case 'monitor_cond_change':
        return this.#changeMonitor(session, params);
      case 'monitor_cancel':
        return session.monitors.delete(JSON.stringify(params[0]))
          ? {}
          : fail('unknown monitor', 'no such monitor');
      case 'lock':
        return { locked: this.#locks.lock(session, readLockName(method, params)) };
      case 'steal':
        this.#locks.steal(session, readLockName(method, params));
        return { locked: true };
      case 'unlock':
        this.#locks.unlock(session, readLockName(method, params));
        return {};
      default:
        return fail('unknown method', `no method ${method}`);
    }
  }

  #database(name: unknown): MemoryDatabase {
    return this.#databases.get(String(name)) ?? fail('unknown database', `no database ${String(name)}`);
  }

  #monitor(
    session: MemorySession,
    version: MonitorVersion,
    [name, id, requests]: readonly unknown[],
  ): unknown {
    const key = JSON.stringify(id);
    if (session.monitors.has(key)) fail('syntax error', 'duplicate monitor ID');
    const monitor = new MemoryMonitor(
      this.#database(name),
      version,
      requests as ConstructorParameters<typeof MemoryMonitor>[2],
    );
    session.monitors.set(key, monitor);
    return version === 3 ? [false, ZERO_UUID, monitor.initial()] : monitor.initial();
  }

  #changeMonitor(session: MemorySession, [oldId, newId, requests]: readonly unknown[]): unknown {
    const monitor = session.monitors.get(JSON.stringify(oldId)) ?? fail('unknown monitor', 'no such monitor');
    const updates = monitor.change(requests as Parameters<MemoryMonitor['change']>[0]);
    session.monitors.delete(JSON.stringify(oldId));
    session.monitors.set(JSON.stringify(newId), monitor);
    if (updates) session.sendUpdates(newId, monitor, updates);
    return {};
  }

  #transact(
    session: MemorySession,
    id: unknown,
    database: MemoryDatabase,
    operations: readonly Operation[],
  ): unknown {
    const outcome = this.#execute(session, database, operations);
    if (outcome.kind === 'done') return outcome.results;
    const waiting: Waiting = { session, id, database, operations, timer: undefined };
    const giveUp = () => {
      this.#waiting.delete(timed);
      session.reply(id, outcome.results);
    };
    const { timeoutMs } = outcome;
    const timed = { ...waiting, timer: startTimer(giveUp, timeoutMs) };
    this.#waiting.add(timed);
    return undefined;
  }

  /** Carries out a transaction and sends the monitor updates to all sessions before any reply. */
  #execute(session: MemorySession, database: MemoryDatabase, operations: readonly Operation[]): Outcome {
    const outcome = execute(database, operations, (name) => this.#locks.holds(session, name));
    if (outcome.kind !== 'done' || outcome.changes.length === 0) return outcome;
    for (const other of this.#sessions) other.sendChanges(database, outcome.changes);
    this.#retry();
    return outcome;
  }

  #retry(): void {
    for (const waiting of [...this.#waiting]) {
      if (!this.#waiting.delete(waiting)) continue;
      const outcome = this.#execute(waiting.session, waiting.database, waiting.operations);
      if (outcome.kind === 'waiting') {
        this.#waiting.add(waiting);
        continue;
      }
      clearTimeout(waiting.timer);
      waiting.session.reply(waiting.id, outcome.results);
    }
  }

  #cancel(session: MemorySession, id: unknown): void {
    for (const waiting of this.#waiting) {
      if (waiting.session !== session || waiting.id !== id) continue;
      this.#waiting.delete(waiting);
      clearTimeout(waiting.timer);
      session.refuse(id, { error: 'canceled' });
    }
  }

  #leave(session: MemorySession): void {
    this.#sessions.delete(session);
    for (const waiting of [...this.#waiting]) {
      if (waiting.session !== session) continue;
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
    }
    this.#locks.leave(session);
  }
}

/** Reads the name of a lock, which is an `<id>` (RFC 7047 §4.1.8). */
function readLockName(method: string, [name]: readonly unknown[]): string {
  if (typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
  return fail('syntax error', `${method} request params must be <id>`);
}

/**
 * Starts an OVSDB server in this process, on a unix socket in a new temporary directory.
 *
 * @throws OvsdbSchemaError when one of the schemas is not a database schema (RFC 7047 §3.2)
 * @example
 * ```ts
 * const schema = JSON.parse(readFileSync('my.ovsschema', 'utf8'));
 * await using server = await startMemoryServer({ schemas: [schema] });
 * await using client = await connect({ remotes: server.remote });
 * ```
 */
export async function startMemoryServer(options: MemoryServerOptions): Promise<MemoryServer> {
  const directory = await mkdtemp(join(tmpdir(), 'ovsdb-memory-'));
  return await new MemoryServer(directory, options).listen();
}
