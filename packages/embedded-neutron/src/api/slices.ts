/** Work on a request yields to the event loop after this time, in milliseconds. */
const SLICE_MS = 8;

/** Lets a long loop give other requests turns of the event loop. */
export class Slices {
  #started = performance.now();

  /** Resolves at once, or in the next turn if this one has lasted long enough. */
  pause(): Promise<void> | undefined {
    if (performance.now() - this.#started < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#started = performance.now();
        resolve();
      });
    });
  }
}
