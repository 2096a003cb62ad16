import { holdBackRefused } from './refused-login.ts';
import type { FreshToken } from './tokens.ts';
import type { IssuedToken } from './types.ts';

interface Cached {
  readonly token: IssuedToken;
  /** From here on a new token is fetched beside the calls, which still use this one. */
  readonly renewAt: number;
  /** From here on calls wait for the new token. */
  readonly expiresAt: number;
}

/**
 * Holds one token and renews it. However many calls wait for a new one, it is fetched once; a call that gives up
 * waiting does not end the fetch that others wait for. A renewal ahead of time that fails is no error, for the old token
 * is still good: so a short outage of Keystone goes unnoticed. A refused login is not repeated at once
 * ({@link holdBackRefused}).
 */
export class TokenCache {
  readonly #fetch: () => Promise<FreshToken>;
  /** Monotonic, in ms. */
  readonly #now: () => number;
  #cached: Cached | undefined;
  #renewal: Promise<IssuedToken> | undefined;

  constructor(fetch: () => Promise<FreshToken>, now: () => number = () => performance.now()) {
    this.#fetch = holdBackRefused(fetch, now);
    this.#now = now;
  }

  /** A token that is not about to expire. */
  async get(signal?: AbortSignal): Promise<IssuedToken> {
    signal?.throwIfAborted();
    const cached = this.#cached;
    const now = this.#now();
    if (cached === undefined || now >= cached.expiresAt) return waitFor(this.#renew(), signal);
    if (now >= cached.renewAt) this.#renewAhead(cached);
    return cached.token;
  }

  /** A token other than the one that a service has refused: the new one if there is one already, else a renewal. */
  async replace(refused: string, signal?: AbortSignal): Promise<IssuedToken> {
    signal?.throwIfAborted();
    const cached = this.#cached;
    if (cached !== undefined && cached.token.id !== refused) return this.get(signal);
    return waitFor(this.#renew(), signal);
  }

  /**
   * Beside the calls, which still have a good token. After a failure the next try is made half-way to the expiry, so that
   * a Keystone in trouble is not asked with every call; at the expiry the error is told.
   */
  #renewAhead(cached: Cached): void {
    this.#renew().catch(() => {
      const now = this.#now();
      this.#cached = { ...cached, renewAt: now + (cached.expiresAt - now) / 2 };
    });
  }

  #renew(): Promise<IssuedToken> {
    this.#renewal ??= this.#fetchAndKeep().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #fetchAndKeep(): Promise<IssuedToken> {
    const { token, remainingMs } = await this.#fetch();
    const end = this.#now() + remainingMs;
    // Margins of a fraction, so that tokens of a few seconds work as well as those of an hour.
    this.#cached = {
      token,
      renewAt: end - Math.min(300_000, remainingMs * 0.2),
      expiresAt: end - Math.min(30_000, remainingMs * 0.05),
    };
    return token;
  }
}

/** The result of shared work, or the reason of this one caller's signal, whichever is first. */
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
