import { setTimeout as delay } from 'node:timers/promises';

type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const wait: Wait = (milliseconds, signal) =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);

/** Does `work` again and again until `signal` aborts, with a pause before each: work that takes long is not made up for. */
export async function every(
  milliseconds: number,
  signal: AbortSignal,
  work: () => Promise<void>,
  pause: Wait = wait,
): Promise<void> {
  while (!signal.aborted) {
    await pause(milliseconds, signal);
    if (!signal.aborted) await work();
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
