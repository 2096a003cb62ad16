/** How long the event loop was busy with other work, between the runs of a short timer. */
export interface Turns {
  /** CPU time of this thread in ms, one value for each run of the timer. */
  readonly cpuMs: readonly number[];
  /** How much too late each run was, in ms: the same, and the time that other processes had. */
  readonly lateMs: readonly number[];
}

const EVERY_MS = 2;

/**
 * Watches the event loop while `work` runs. What blocks the loop delays the timer; its CPU time does not
 * depend on the load of the computer.
 */
export async function watchTurns(work: () => Promise<unknown>): Promise<Turns> {
  const cpuMs: number[] = [];
  const lateMs: number[] = [];
  const cpuNow = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [wall, cpu] = [performance.now(), cpuNow()];
  const timer = setInterval(() => {
    const [now, used] = [performance.now(), cpuNow()];
    cpuMs.push(used - cpu);
    lateMs.push(Math.max(0, now - wall - EVERY_MS));
    [wall, cpu] = [now, used];
  }, EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return { cpuMs, lateMs };
}
