/** The listeners for one kind of event. When one throws, the others and the caller still continue. */
export class EventList<Arguments extends readonly unknown[]> {
  readonly #listeners = new Set<(...args: Arguments) => void>();

  /** Adds a listener. Returns the function that removes it. */
  add(listener: (...args: Arguments) => void): () => void {
    // A new function, so that the same listener can be added twice.
    const registered = (...args: Arguments) => listener(...args);
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  emit(...args: Arguments): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(...args);
      } catch (error) {
        // An uncaught exception, as in an EventEmitter, but not inside the caller, whose state would be half
        // changed.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  get size(): number {
    return this.#listeners.size;
  }
}
