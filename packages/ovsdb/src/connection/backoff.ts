/**
 * The pauses between attempts: their limit doubles each time, and jitter keeps clients from retrying in step.
 */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(minMs: number, maxMs: number, random: () => number = Math.random) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** The next pause, in milliseconds: between half and all of min × 2^failures, at most max. */
  next(): number {
    const ceiling = Math.min(this.#maxMs, this.#minMs * 2 ** this.#failures++);
    return ceiling / 2 + (ceiling / 2) * this.#random();
  }

  /** Resets the next pause to the minimum, after a success. */
  reset(): void {
    this.#failures = 0;
  }
}
