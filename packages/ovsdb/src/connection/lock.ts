import { OvsdbClosedError } from '../errors.ts';
import { EventList } from './event-list.ts';
import type { Session } from './session.ts';
import type { Attachment, Supervisor } from './supervisor.ts';

/**
 * A lock of the server (RFC 7047 §4.1.8). The client requests it again after every reconnection until it is
 * released.
 *
 * @example
 * ```ts
 * await using lock = await client.lock('my_agent');
 * lock.on('lost', () => console.log('stop working'));
 * await lock.acquired;
 * await replica.transaction().assertLock('my_agent').delete('Logical_Switch', { name: 'old' }).commit();
 * ```
 */
export interface Lock extends AsyncDisposable {
  readonly name: string;
  /** Whether this client holds it now. */
  readonly held: boolean;
  /**
   * Resolves when this client holds the lock. After each loss it is a new promise. Rejects with
   * OvsdbClosedError when the lock is released or the client is closed first. Rejects with OvsdbRequestError
   * when a server refuses to queue the request after a reconnection; the next reconnection requests the lock
   * again, with a new promise.
   */
  readonly acquired: Promise<void>;
  /**
   * Listens for `acquired` (this client now holds the lock, the first time or again) or `lost` (another
   * client stole the lock, or the connection dropped).
   *
   * @returns the function that removes the listener
   */
  on(event: 'lost' | 'acquired', listener: () => void): () => void;
  /** Releases the lock, or withdraws the request for it (RFC 7047 §4.1.8 unlock). */
  release(): Promise<void>;
}

/**
 * The client's side of a lock. When another client steals the lock, the server keeps this client's request
 * queued, so the lock may come back without a new request.
 */
export class ServerLock implements Lock, Attachment {
  readonly name: string;
  readonly #supervisor: Supervisor;
  readonly #events = { lost: new EventList<[]>(), acquired: new EventList<[]>() };
  #method: 'lock' | 'steal';
  #acquired = expectation();
  #asked = Promise.withResolvers<void>();
  #session: Session | undefined;
  #held = false;
  /** Whether the server refused to queue the request on this session. */
  #refused = false;
  #stopListening: () => void = () => undefined;

  constructor(supervisor: Supervisor, name: string, method: 'lock' | 'steal') {
    this.#supervisor = supervisor;
    this.name = name;
    this.#method = method;
  }

  get held(): boolean {
    return this.#held;
  }

  get acquired(): Promise<void> {
    return this.#acquired.promise;
  }

  /** Resolves when a server has queued the request. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  on(event: 'lost' | 'acquired', listener: () => void): () => void {
    return this.#events[event].add(listener);
  }

  attach(session: Session): void {
    this.#stopListening();
    this.#session = session;
    const stops = [
      session.on('locked', ([name]) => this.#notice(session, name, true)),
      session.on('stolen', ([name]) => this.#notice(session, name, false)),
      session.onEnd(() => this.#notice(session, this.name, false)),
    ];
    this.#stopListening = () => {
      for (const stop of stops) stop();
    };
    if (this.#refused) this.#acquired = expectation();
    this.#refused = false;
    session
      .request(this.#method, [this.name], {
        receive: (result) => {
          // While this client is disconnected, another client may acquire the lock. Wait for it after the
          // reconnection instead of stealing it again.
          this.#method = 'lock';
          if ((result as { locked?: boolean }).locked) this.#notice(session, this.name, true);
        },
      })
      .then(this.#asked.resolve, (error) => {
        // When the session has ended, the next session requests the lock again.
        if (session.failure || session !== this.#session) return;
        this.#asked.reject(error);
        this.#acquired.reject(error);
        this.#refused = true;
      });
  }

  clientClosed(): void {
    const held = this.#held;
    void this.release();
    if (held) this.#events.lost.emit();
  }

  async release(): Promise<void> {
    this.#supervisor.remove(this);
    this.#stopListening();
    const session = this.#session;
    this.#session = undefined;
    this.#held = false;
    const closed = new OvsdbClosedError('the lock');
    this.#asked.reject(closed);
    this.#acquired.reject(closed);
    // When the session has ended the server has released the lock already.
    if (session && !session.failure) await session.request('unlock', [this.name]).catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  #notice(session: Session, name: unknown, held: boolean): void {
    if (session !== this.#session || name !== this.name || held === this.#held) return;
    this.#held = held;
    if (held) {
      this.#acquired.resolve();
      this.#events.acquired.emit();
    } else {
      this.#acquired = expectation();
      this.#events.lost.emit();
    }
  }
}

/** A promise whose rejection may stay unhandled. */
function expectation(): PromiseWithResolvers<void> {
  const expected = Promise.withResolvers<void>();
  expected.promise.catch(() => undefined);
  return expected;
}
