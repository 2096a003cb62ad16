import { neutronError } from '../errors.ts';

/** How often a client may do something. */
export interface Rate {
  readonly perSecond: number;
  /** At once after a pause. */
  readonly burst: number;
}

interface Bucket {
  left: number;
  /** When `left` was computed, in milliseconds. */
  at: number;
}

/** Clients that are remembered; those that were not seen for the longest time are forgotten. */
const MOST = 10_000;

/** A token bucket for each client. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Counts a request. @throws NeutronError TooManyRequests */
  count(client: string): void {
    const left = this.#take(client);
    const { perSecond } = this.#rate;
    if (left < 0) throw neutronError('TooManyRequests', perSecond).retryIn(Math.ceil(-left / perSecond));
  }

  /** Counts something if the client may still do it. */
  mayStill(client: string): boolean {
    return this.#take(client) >= 0;
  }

  /** What is left after one was taken. If there is less than one, takes none and returns what is missing. */
  #take(client: string): number {
    const now = this.#now();
    const { perSecond, burst } = this.#rate;
    const bucket = this.#buckets.get(client) ?? { left: burst, at: now };
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    // The client moves behind those that were seen before.
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST && oldest !== undefined) this.#buckets.delete(oldest);
    if (bucket.left < 1) return bucket.left - 1;
    bucket.left -= 1;
    return bucket.left;
  }
}
