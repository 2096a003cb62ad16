/** Long work on all requests together may last this long in one turn of the event loop, in milliseconds. */
const SLICE_MS = 5;

let sliceStarted = 0;
/** The loops that wait for a turn, the oldest first. */
const waiting: (() => void)[] = [];
/** Whether {@link resumeSome} will run or runs. If it ran more than once, a turn would have many slices. */
let resuming = false;

/**
 * Gives others a turn of the event loop if long work has lasted long enough in this one. A loop calls it
 * after each short step. Resolves in a later turn; undefined to go on at once.
 */
export function pause(): Promise<void> | undefined {
  if (performance.now() - sliceStarted < SLICE_MS) return undefined;
  return new Promise((resolve) => {
    waiting.push(resolve);
    resumeLater();
  });
}

/** What `f` returns for each item, without what is undefined. Gives others turns of the event loop. */
export async function mapInSlices<T, U>(
  items: readonly T[],
  f: (item: T) => U | undefined | Promise<U | undefined>,
): Promise<U[]> {
  const mapped: U[] = [];
  for (const item of items) {
    const made = f(item);
    const result = made instanceof Promise ? await made : made;
    if (result !== undefined) mapped.push(result);
    await pause();
  }
  return mapped;
}

function resumeLater(): void {
  if (resuming) return;
  resuming = true;
  setImmediate(resumeSome);
}

/** Resumes one loop after the other until the slice is over. The rest waits for the next turn. */
async function resumeSome(): Promise<void> {
  sliceStarted = performance.now();
  while (waiting.length > 0 && performance.now() - sliceStarted < SLICE_MS) {
    waiting.shift()?.();
    // The loop that was resumed runs until its next step.
    await undefined;
  }
  resuming = false;
  if (waiting.length > 0) resumeLater();
}
