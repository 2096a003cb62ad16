import { Refusal } from '../errors.ts';

/** Limits for one VM or one address. */
export interface RateLimits {
  readonly requestsPerSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
  /** Requests in progress. */
  readonly concurrent: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, in ms of `performance.now()`. */
  at: number;
  running: number;
}

/** Beyond this number of buckets, those that are full and idle are forgotten. */
const MANY = 10_000;

/** A token bucket and a limit of simultaneous requests for each key. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /**
   * Counts a request. The caller disposes of the result when the request has ended.
   *
   * @throws Refusal `rate`
   */
  enter(key: string, now = performance.now()): Disposable {
    const { requestsPerSecond, burst, concurrent } = this.#limits;
    const bucket = this.#bucketOf(key, now);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * requestsPerSecond);
    bucket.at = now;
    if (bucket.running >= concurrent) {
      throw new Refusal('rate', `more than ${concurrent} requests at once`, { retryAfter: 1 });
    }
    if (bucket.tokens < 1) {
      const seconds = Math.ceil((1 - bucket.tokens) / requestsPerSecond);
      throw new Refusal('rate', `more than ${requestsPerSecond} requests per second`, {
        retryAfter: seconds,
      });
    }
    bucket.tokens -= 1;
    bucket.running += 1;
    return {
      [Symbol.dispose]: () => {
        bucket.running -= 1;
      },
    };
  }

  /** The number of keys that it remembers. */
  get size(): number {
    return this.#buckets.size;
  }

  #bucketOf(key: string, now: number): Bucket {
    const existing = this.#buckets.get(key);
    if (existing !== undefined) return existing;
    if (this.#buckets.size >= MANY) this.#forgetIdle(now);
    const bucket = { tokens: this.#limits.burst, at: now, running: 0 };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** A bucket that would be full again is like a new one. */
  #forgetIdle(now: number): void {
    const { requestsPerSecond, burst } = this.#limits;
    for (const [key, { tokens, at, running }] of this.#buckets) {
      const isFull = tokens + ((now - at) / 1000) * requestsPerSecond >= burst;
      if (running === 0 && isFull) this.#buckets.delete(key);
    }
  }
}
