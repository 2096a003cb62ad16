import { OvsdbClosedError, OvsdbConnectionError } from '../errors.ts';
import { Backoff } from './backoff.ts';
import { ClusterProgress } from './cluster-progress.ts';
import { EventList } from './event-list.ts';
import { pause } from './pause.ts';
import { parseRemote } from './remote.ts';
import { type ServedDatabase, ServerInfo, unsuitable } from './server-info.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session-options.ts';
import { startTimer } from './timer.ts';

/** Options of a `Supervisor`, all present. */
export interface SupervisorOptions extends Omit<SessionOptions, 'signal'> {
  readonly remotes: readonly string[];
  readonly leaderOnly: boolean;
  readonly database: string | undefined;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
}

/** Something that the supervisor sets up on each new session: a replica, a lock. */
export interface Attachment {
  /**
   * Called when a session begins. Requests that it sends synchronously are sent before any call of the user.
   */
  attach(session: Session): void;
  /** Called when the server's databases change during the session. */
  databasesChanged?(): void;
  /** Called when the client is closed: there will be no other session. */
  clientClosed(): void;
}

/**
 * Keeps one session up: tries the remotes in turn until one is suitable, and starts again when the session
 * ends.
 */
export class Supervisor {
  readonly connected = new EventList<[Session]>();
  readonly disconnected = new EventList<[Error]>();
  readonly #options: SupervisorOptions;
  readonly #attachments = new Set<Attachment>();
  readonly #closing = new AbortController();
  #session: Session | undefined;
  #server: ServerInfo | undefined;
  readonly #progress = new ClusterProgress();
  #finished: Promise<void> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    for (const remote of options.remotes) parseRemote(remote);
  }

  /** The session that is up now. */
  get session(): Session | undefined {
    return this.#session?.failure ? undefined : this.#session;
  }

  /** Whether the connected server serves this database without a cluster or relay. */
  isStandalone(database: string): boolean {
    // A server without `_Server` is older than clusters.
    return (
      this.#server?.databases.some(({ name, model }) => name === database && model === 'standalone') ?? true
    );
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Starts to connect. Resolves when the first session is up.
   *
   * @param persistent keep trying; otherwise `start` rejects when every remote has failed once
   */
  async start({
    persistent,
    signal,
  }: {
    persistent: boolean;
    signal: AbortSignal | undefined;
  }): Promise<void> {
    const first = Promise.withResolvers<void>();
    let started = false;
    const stopListening = this.connected.add(() => {
      started = true;
      first.resolve();
    });
    const onAbort = () => {
      first.reject(signal?.reason);
      this.#closing.abort(new OvsdbClosedError('the client'));
    };
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    this.#finished = this.#run((error) => {
      if (persistent || started) return;
      first.reject(error);
      this.#closing.abort(new OvsdbClosedError('the client'));
    });
    try {
      await first.promise;
    } finally {
      stopListening();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Waits for a session. @throws OvsdbConnectionError when there is none within `timeoutMs` */
  async waitForSession(timeoutMs: number, signal?: AbortSignal): Promise<Session> {
    signal?.throwIfAborted();
    if (this.closed) throw new OvsdbClosedError('the client');
    if (this.session) return this.session;
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const stopListening = this.connected.add(resolve);
    const onAbort = () => reject(signal?.reason);
    const onClosing = () => reject(new OvsdbClosedError('the client'));
    const timer = startTimer(() => {
      reject(
        new OvsdbConnectionError(
          `no connection to ${this.#options.remotes.join(', ')} within ${timeoutMs} ms`,
        ),
      );
    }, timeoutMs);
    signal?.addEventListener('abort', onAbort);
    this.#closing.signal.addEventListener('abort', onClosing);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      stopListening();
      signal?.removeEventListener('abort', onAbort);
      this.#closing.signal.removeEventListener('abort', onClosing);
    }
  }

  /** Adds an attachment, which is set up on every session. @throws OvsdbClosedError */
  add(attachment: Attachment): void {
    this.#closing.signal.throwIfAborted();
    this.#attachments.add(attachment);
    if (this.session) attachment.attach(this.session);
  }

  remove(attachment: Attachment): void {
    this.#attachments.delete(attachment);
  }

  async close(): Promise<void> {
    this.#closing.abort(new OvsdbClosedError('the client'));
    for (const attachment of this.#attachments) attachment.clientClosed();
    await this.#finished;
  }

  /** Connects to one remote after the other until the client is closed. */
  async #run(onRoundFailed: (error: Error) => void): Promise<void> {
    const { remotes, backoffMinMs, backoffMaxMs } = this.#options;
    const { signal } = this.#closing;
    const backoff = new Backoff(backoffMinMs, backoffMaxMs);
    let failures = 0;
    for (let turn = 0; !signal.aborted; turn = (turn + 1) % remotes.length) {
      let upSince = Number.POSITIVE_INFINITY;
      const error = await this.#serve(remotes[turn] as string, () => {
        upSince = performance.now();
      });
      // Only a session that lasted resets the backoff: a server may accept connections and drop them at once.
      if (performance.now() - upSince >= backoffMaxMs) {
        failures = 0;
        backoff.reset();
      }
      // Try the other remotes of a cluster at once; pause only after a whole round without success.
      if (++failures % remotes.length !== 0 || signal.aborted) continue;
      onRoundFailed(error);
      await pause(backoff.next(), signal);
    }
  }

  /** Connects to one remote. Resolves when the session ends, with the reason. */
  async #serve(remote: string, onUp: () => void): Promise<Error> {
    const { signal } = this.#closing;
    let session: Session;
    try {
      session = await Session.open(remote, parseRemote(remote), { ...this.#options, signal });
    } catch (error) {
      return error as Error;
    }
    const onClosing = () => session.close(signal.reason);
    signal.addEventListener('abort', onClosing);
    if (signal.aborted) onClosing();
    try {
      await this.#checkServer(session);
      if (session.failure) return session.failure;
      onUp();
      const ended = new Promise<Error>((resolve) => session.onEnd(resolve));
      this.#session = session;
      for (const attachment of this.#attachments) attachment.attach(session);
      this.connected.emit(session);
      const reason = await ended;
      this.#session = undefined;
      this.disconnected.emit(reason);
      return reason;
    } catch (error) {
      session.close(error as Error);
      return error as Error;
    } finally {
      signal.removeEventListener('abort', onClosing);
    }
  }

  /**
   * Checks that the server is suitable, and ends the session if it later becomes unsuitable.
   *
   * @throws OvsdbConnectionError if the server is unsuitable now
   */
  async #checkServer(session: Session): Promise<void> {
    const { connectTimeoutMs } = this.#options;
    const timer = startTimer(() => {
      session.close(new OvsdbConnectionError(`no answer from ${session.remote} in ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    const info = await ServerInfo.follow(session, (databases, onlyIndex) => {
      if (this.#session !== session) return;
      const fault = this.#faultOf(databases);
      if (fault) session.close(fault);
      else if (!onlyIndex) for (const attachment of this.#attachments) attachment.databasesChanged?.();
    }).finally(() => clearTimeout(timer));
    this.#server = info;
    const fault = info && this.#faultOf(info.databases);
    if (fault) throw fault;
  }

  #faultOf(databases: readonly ServedDatabase[]): OvsdbConnectionError | undefined {
    const fault =
      unsuitable(databases, this.#options) ?? this.#progress.staleness(databases, this.#options.database);
    if (!fault) this.#progress.note(databases);
    return fault;
  }
}
