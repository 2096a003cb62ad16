import { setTimeout as delay } from 'node:timers/promises';

type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const wait: Wait = (milliseconds, signal) =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** Longest pause that the cost of the work can cause, in milliseconds. */
const LONGEST_PAUSE_MS = 120_000;

/** Longest wait of Node's timers, in milliseconds; they read a longer one as 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The source of time; tests replace it. */
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
 * Repeats `work` until `signal` aborts, with a pause of `milliseconds` before each turn; long work does not
 * shorten the next pause. Expensive work makes the pauses longer, so that it takes at most `share` of one
 * core.
 */
export async function every(
  milliseconds: number,
  signal: AbortSignal,
  work: () => Promise<void>,
  share = 1,
  { pause, cpuMs }: Clock = clock,
): Promise<void> {
  let [cost, costBefore] = [0, 0];
  while (!signal.aborted) {
    // The CPU time includes everything else that the process does meanwhile, so one expensive turn proves
    // nothing.
    const likelyCost = Math.min(cost, costBefore);
    const wanted = Math.max(milliseconds, Math.min(likelyCost / share, LONGEST_PAUSE_MS));
    await pause(Math.min(wanted, LONGEST_TIMER_MS), signal);
    const before = cpuMs();
    if (!signal.aborted) await work();
    [costBefore, cost] = [cost, cpuMs() - before];
  }
}

/**
 * Debounces `work`: runs it `milliseconds` after a call of the returned function, once for all calls until
 * then. A call while `work` runs causes one more run.
 * @param work never rejects
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
