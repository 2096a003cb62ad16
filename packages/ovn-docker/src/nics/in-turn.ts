/** Runs pieces of work one after the other, in the order they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the work does; work that fails does not stop what waits behind it. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** One {@link Turns} per key, kept only as long as there is work for it. */
export class InTurn {
  readonly #queues = new Map<string, { queue: Turns; waiting: number }>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const entry = this.#queues.get(key) ?? { queue: new Turns(), waiting: 0 };
    this.#queues.set(key, entry);
    entry.waiting++;
    try {
      return await entry.queue.run(work);
    } finally {
      if (--entry.waiting === 0) this.#queues.delete(key);
    }
  }

  /** Waits for its turn with every one of the keys. Work that waits this way must not begin while other such work does. */
  runAll<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...others] = keys;
    return first === undefined ? work() : this.run(first, () => this.runAll(others, work));
  }
}
