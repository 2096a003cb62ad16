import { setTimeout as delay } from 'node:timers/promises';

type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const wait: Wait = (milliseconds, signal) =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** Longest pause between two turns, in milliseconds, however dear they are. */
const LONGEST_PAUSE_MS = 120_000;

/** Where time comes from, for tests. */
interface Clock {
  pause: Wait;
  /** CPU time of this process so far, in milliseconds. */
  cpuMs(): number;
}

const clock: Clock = {
  pause: wait,
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/**
 * Does `work` again and again until `signal` aborts, with a pause before each: work that takes long is not made up for, and
 * work that takes much CPU time is done more rarely, so that all of it stays within `share` of one core.
 */
export async function every(
  milliseconds: number,
  signal: AbortSignal,
  work: () => Promise<void>,
  share = 1,
  { pause, cpuMs }: Clock = clock,
): Promise<void> {
  let [taken, takenBefore] = [0, 0];
  while (!signal.aborted) {
    // What else the process does meanwhile is counted, too: once is no rule.
    const cost = Math.min(taken, takenBefore);
    await pause(Math.max(milliseconds, Math.min(cost / share, LONGEST_PAUSE_MS)), signal);
    const before = cpuMs();
    if (!signal.aborted) await work();
    [takenBefore, taken] = [taken, cpuMs() - before];
  }
}

/**
 * Does `work` soon after somebody asked for it, once for all who ask meanwhile; who asks while it is being done, has it done once more.
 * The pause before each also bounds how often somebody can have it done.
 * @param work never fails
 * @returns asks for it
 */
export function soon(
  milliseconds: number,
  signal: AbortSignal,
  work: () => Promise<void>,
  pause: Wait = wait,
): () => void {
  let isAsked = false;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    while (isAsked && !signal.aborted) {
      await pause(milliseconds, signal);
      isAsked = false;
      if (!signal.aborted) await work();
    }
    isRunning = false;
  };
  return () => {
    isAsked = true;
    if (!isRunning) void run();
  };
}
