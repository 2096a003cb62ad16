import { pauseAfterRefusals } from './refused-login.ts';
import type { FreshToken } from './tokens.ts';
import type { IssuedToken } from './types.ts';

interface Cached {
  readonly token: IssuedToken;
  /** From this time on, the cache fetches a new token while calls still use this one. */
  readonly renewAt: number;
  /** From this time on, calls wait for the new token. */
  readonly expiresAt: number;
}

/**
 * Caches one token and renews it. All calls that wait for a new token share one fetch; an aborted call does
 * not abort it for the others. If a renewal before the expiry fails, calls keep the old token, so that they
 * do not notice a short outage of Keystone. Refused logins are not repeated at once ({@link
 * pauseAfterRefusals}).
 */
export class TokenCache {
  readonly #login: () => Promise<FreshToken>;
  #fetch: () => Promise<FreshToken>;
  /** Monotonic clock, in ms. */
  readonly #now: () => number;
  #cached: Cached | undefined;
  #renewal: Promise<IssuedToken> | undefined;

  constructor(login: () => Promise<FreshToken>, now: () => number = () => performance.now()) {
    this.#login = login;
    this.#fetch = pauseAfterRefusals(login, now);
    this.#now = now;
  }

  /** Returns a token that does not expire soon. */
  async get(signal?: AbortSignal): Promise<IssuedToken> {
    signal?.throwIfAborted();
    const cached = this.#cached;
    const now = this.#now();
    if (cached === undefined || now >= cached.expiresAt) return waitFor(this.#renew(), signal);
    if (now >= cached.renewAt) this.#renewEarly(cached);
    return cached.token;
  }

  /**
   * Returns a token other than the one that a service refused: the cached one if it differs, otherwise a new
   * one.
   */
  async replace(refused: string, signal?: AbortSignal): Promise<IssuedToken> {
    signal?.throwIfAborted();
    const cached = this.#cached;
    if (cached !== undefined && cached.token.id !== refused) return this.get(signal);
    return waitFor(this.#renew(), signal);
  }

  /**
   * Renews the token while calls still use the old one. After a failure the next try happens half-way to the
   * expiry, so that calls do not overload a Keystone in trouble. From the expiry on, a failure rejects the
   * calls.
   */
  #renewEarly(cached: Cached): void {
    this.#renew().catch(() => {
      if (this.#cached !== cached) return;
      const now = this.#now();
      this.#cached = { ...cached, renewAt: now + (cached.expiresAt - now) / 2 };
    });
  }

  #renew(): Promise<IssuedToken> {
    this.#renewal ??= this.#fetchAndCache().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Uses the token of another credential. Earlier refusals do not count against that credential. */
  adopt(fresh: FreshToken): void {
    this.#fetch = pauseAfterRefusals(this.#login, this.#now);
    this.#store(fresh);
  }

  /** A token that was adopted meanwhile is newer than the outcome of the fetch, and stays. */
  async #fetchAndCache(): Promise<IssuedToken> {
    const before = this.#cached;
    const adopted = () => (this.#cached === before ? undefined : this.#cached?.token);
    try {
      const fresh = await this.#fetch();
      return adopted() ?? this.#store(fresh);
    } catch (error) {
      const token = adopted();
      if (token === undefined) throw error;
      return token;
    }
  }

  #store({ token, remainingMs }: FreshToken): IssuedToken {
    const end = this.#now() + remainingMs;
    // The margins are also fractions, so that a token that lasts only seconds works too.
    this.#cached = {
      token,
      renewAt: end - Math.min(300_000, remainingMs * 0.2),
      expiresAt: end - Math.min(30_000, remainingMs * 0.05),
    };
    return token;
  }
}

/** Resolves with the result of shared work, or rejects when this caller's signal aborts. */
async function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
