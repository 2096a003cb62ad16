/** How often the holder of a key may do something. */
export interface Rate {
  readonly perSecond: number;
  /** At once after a pause. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, in milliseconds of the caller's clock. */
  at: number;
}

/** Keys that are remembered by default. */
const MOST = 10_000;

/**
 * A token bucket for each key, such as an address or a session. A bucket that is full again is like a new
 * one, so it is forgotten. If there are more than `most` others, those are forgotten that were not used for
 * the longest time: strangers with many keys cannot fill the memory.
 *
 * @example
 * ```ts
 * const logins = new TokenBuckets({ perSecond: 0.1, burst: 10 });
 * const seconds = logins.take('192.0.2.1');
 * if (seconds > 0) response.writeHead(429, { 'Retry-After': seconds }).end();
 * ```
 */
export class TokenBuckets {
  readonly #rate: Rate;
  readonly #most: number;
  /** The key that was used last is the last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, most = MOST) {
    this.#rate = rate;
    this.#most = most;
  }

  /** The number of keys that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Takes a token of a key if it has one.
   *
   * @param now milliseconds of a clock that never goes back
   * @returns 0, or without a token the whole seconds until there is one, at least 1: the value of
   * `Retry-After` (RFC 9110, section 10.2.3)
   */
  take(key: string, now = performance.now()): number {
    const { perSecond, burst } = this.#rate;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    const missing = 1 - bucket.tokens;
    if (missing <= 0) bucket.tokens -= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forget(now);
    return missing <= 0 ? 0 : Math.ceil(missing / perSecond);
  }

  #forget(now: number): void {
    const { perSecond, burst } = this.#rate;
    for (const [key, { tokens, at }] of this.#buckets) {
      const isFull = tokens + ((now - at) / 1000) * perSecond >= burst;
      if (!isFull && this.#buckets.size <= this.#most) return;
      this.#buckets.delete(key);
    }
  }
}
