import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long one slice may hold the event loop, in milliseconds. */
const SLICE_MS = 8;

/**
 * Runs long work without holding the event loop: it yields now and then, and when its time is up the rest is done
 * in later turns. Work that is done in time is done at once, and its result is no promise.
 *
 * @param signal stops the work between two slices; it then rejects with the signal's reason
 */
export function runInSlices<R>(work: Generator<void, R>, signal: AbortSignal): R | Promise<R> {
  const end = runSlice(work);
  return end.done ? end.value : goOn(work, signal);
}

async function goOn<R>(work: Generator<void, R>, signal: AbortSignal): Promise<R> {
  for (;;) {
    await nextTurn();
    signal.throwIfAborted();
    const end = runSlice(work);
    if (end.done) return end.value;
  }
}

function runSlice<R>(work: Generator<void, R>): IteratorResult<void, R> {
  const until = performance.now() + SLICE_MS;
  for (;;) {
    const step = work.next();
    if (step.done || performance.now() >= until) return step;
  }
}
