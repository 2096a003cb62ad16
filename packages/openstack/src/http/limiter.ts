/**
 * Lets at most `max` pieces of work run at once; the others wait in the order of their arrival. Work that is aborted
 * while it waits leaves the queue and is never started.
 */
export class Limiter {
  readonly #max: number;
  readonly #queue = new Set<() => void>();
  #running = 0;

  constructor(max: number) {
    if (!Number.isInteger(max) || max < 1) throw new RangeError(`concurrency must be at least 1, not ${max}`);
    this.#max = max;
  }

  /** @throws the signal's reason when it is aborted before the work has begun */
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

  /** The slot goes straight to the next in line, so that no newcomer can take it in between. */
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
