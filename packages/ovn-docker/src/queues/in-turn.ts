/** Runs pieces of work one after the other, in the order in which they were handed in. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as `work` does. Work that fails does not stop the work behind it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/**
 * {@link Turns} by key: work under one key runs one after the other, work under different
 * keys at the same time. A queue is dropped as soon as it is empty.
 *
 * @example
 * await engine.inTurn.run(nic.id, () => finish(engine, nic));
 */
export class InTurn {
  readonly #queues = new Map<string, { turns: Turns; waiting: number }>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? { turns: new Turns(), waiting: 0 };
    this.#queues.set(key, queue);
    queue.waiting++;
    try {
      return await queue.turns.run(work);
    } finally {
      if (--queue.waiting === 0) this.#queues.delete(key);
    }
  }

  /**
   * Runs `work` while it has the turn of every key. Two calls with keys in common must not run at the same
   * time: each could wait for the other.
   */
  runAll<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...others] = keys;
    return first === undefined ? work() : this.run(first, () => this.runAll(others, work));
  }
}
