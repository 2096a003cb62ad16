import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for an answer, at most `patienceMs` milliseconds. The work that gives the answer goes on after that.
 * @throws what `late` returns
 */
export async function inTime<T>(answer: Promise<T>, patienceMs: number, late: () => Error): Promise<T> {
  const answered = new AbortController();
  const timeout = delay(patienceMs, undefined, { signal: answered.signal }).then(() => {
    throw late();
  });
  return Promise.race([answer, timeout]).finally(() => answered.abort());
}
