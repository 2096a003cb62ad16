import { TokenBuckets } from '@ovn-docker/http-server';
import { Refusal } from '../errors.ts';

/** Limits for one VM or one address. */
export interface RateLimits {
  readonly requestsPerSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
  /** Requests in progress. */
  readonly concurrent: number;
}

/** Keys whose rate is remembered. */
const MOST = 100_000;

/** Limits the rate of requests and the number of simultaneous ones for each key. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #rates: TokenBuckets;
  /** The number of requests in progress; a key without any has no entry. */
  readonly #running = new Map<string, number>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
    this.#rates = new TokenBuckets({ perSecond: limits.requestsPerSecond, burst: limits.burst }, MOST);
  }

  /**
   * Counts a request. The caller disposes of the result when the request has ended.
   *
   * @throws Refusal `rate`
   */
  enter(key: string, now = performance.now()): Disposable {
    const { requestsPerSecond, concurrent } = this.#limits;
    const running = this.#running.get(key) ?? 0;
    if (running >= concurrent) {
      throw new Refusal('rate', `more than ${concurrent} requests at once`, { retryAfter: 1 });
    }
    const retryAfter = this.#rates.take(key, now);
    if (retryAfter > 0) {
      throw new Refusal('rate', `more than ${requestsPerSecond} requests per second`, { retryAfter });
    }
    this.#running.set(key, running + 1);
    return { [Symbol.dispose]: () => this.#leave(key) };
  }

  /** The number of entries that it remembers. */
  get size(): number {
    return this.#rates.size + this.#running.size;
  }

  #leave(key: string): void {
    const rest = (this.#running.get(key) ?? 1) - 1;
    if (rest > 0) this.#running.set(key, rest);
    else this.#running.delete(key);
  }
}
