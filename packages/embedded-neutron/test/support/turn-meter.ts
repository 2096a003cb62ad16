/** Measures the CPU time of each turn of this thread's event loop. The loop does not sleep meanwhile. */
export class TurnMeter {
  /** The longest turn since the start, in ms. */
  #longest = 0;
  #next: NodeJS.Immediate | undefined;

  start(): void {
    this.stop();
    const measure = (before: number) => {
      this.#next = setImmediate(() => {
        const now = cpuMs();
        this.#longest = Math.max(this.#longest, now - before);
        measure(cpuMs());
      });
    };
    measure(cpuMs());
  }

  /** Returns the longest turn in ms of CPU time. */
  stop(): number {
    if (this.#next) clearImmediate(this.#next);
    this.#next = undefined;
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }
}

/** CPU time of this thread in ms. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
