import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long one slice may block the event loop, in milliseconds. */
const SLICE_MS = 5;

/**
 * Runs long work without blocking the event loop. The work is a generator that yields regularly; when the
 * time of a slice is up, the rest runs in later turns.
 *
 * @param signal stops the work between two slices: the generator returns, and the promise rejects with the
 *   signal's reason
 * @returns the result itself when one slice is enough, otherwise a promise
 */
export function runInSlices<R>(work: Generator<void, R>, signal?: AbortSignal): R | Promise<R> {
  const end = runSlice(work);
  return end.done ? end.value : runLater(work, signal);
}

async function runLater<R>(work: Generator<void, R>, signal: AbortSignal | undefined): Promise<R> {
  for (;;) {
    await nextTurn();
    if (signal?.aborted) {
      work.return(undefined as never);
      throw signal.reason;
    }
    const end = runSlice(work);
    if (end.done) return end.value;
  }
}

function runSlice<R>(work: Generator<void, R>): IteratorResult<void, R> {
  const deadline = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done || performance.now() >= deadline) return step;
  }
}
