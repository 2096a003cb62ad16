/**
 * Runs at most `max` pieces of work at once; the others wait in a queue. Work that is aborted in the queue is
 * never started.
 */
export class Limiter {
  readonly #max: number;
  readonly #queue = new Set<() => void>();
  #running = 0;

  constructor(max: number) {
    if (!Number.isInteger(max) || max < 1) throw new RangeError(`concurrency must be at least 1, not ${max}`);
    this.#max = max;
  }

  /** Runs the work when its turn comes. @throws the signal's reason if it aborts before the work starts */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#running < this.#max) {
      this.#running += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abandon = () => {
      this.#queue.delete(resolve);
      reject(signal?.reason);
    };
    this.#queue.add(resolve);
    signal?.addEventListener('abort', abandon, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
  }

  /** Passes the slot directly to the first in the queue, so that a later caller cannot take it. */
  #leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}
