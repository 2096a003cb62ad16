/** Listeners of one kind of event. A listener that throws stops neither the others nor the caller. */
export class EventList<Arguments extends readonly unknown[]> {
  readonly #listeners = new Set<(...args: Arguments) => void>();

  /** Adds a listener; gives the function that removes it. */
  add(listener: (...args: Arguments) => void): () => void {
    const own = (...args: Arguments) => listener(...args);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  emit(...args: Arguments): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(...args);
      } catch (error) {
        // As an event emitter's: an uncaught exception, but not inside our caller, whose state must stay whole.
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
