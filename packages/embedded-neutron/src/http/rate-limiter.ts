import { type Rate, TokenBuckets } from '@ovn-docker/http-server';
import { neutronError } from '../errors.ts';

/** Limits how many requests a client may send. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #buckets: TokenBuckets;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#buckets = new TokenBuckets(rate);
  }

  /** Counts a request. @throws NeutronError TooManyRequests */
  count(client: string, now = performance.now()): void {
    const seconds = this.#buckets.take(client, now);
    if (seconds > 0) throw neutronError('TooManyRequests', this.#rate.perSecond).retryIn(seconds);
  }
}
