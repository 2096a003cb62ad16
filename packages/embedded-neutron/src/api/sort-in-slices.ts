import { pause } from '../northbound/slices.ts';

/** The number of items that are sorted, or merged, without a pause. */
const STEP = 256;

type Order<T> = (a: T, b: T) => number;

/** The items in order, as `toSorted` returns them. Gives other requests turns of the event loop. */
export async function sortInSlices<T>(items: readonly T[], order: Order<T>): Promise<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += STEP) {
    runs.push(items.slice(start, start + STEP).sort(order));
    await pause();
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(await merge(runs[index] ?? [], runs[index + 1] ?? [], order));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T>(left: readonly T[], right: readonly T[], order: Order<T>): Promise<readonly T[]> {
  const merged: T[] = [];
  for (let [l, r] = [0, 0]; l < left.length || r < right.length; ) {
    const takesLeft = r >= right.length || (l < left.length && order(left[l] as T, right[r] as T) <= 0);
    merged.push((takesLeft ? left[l++] : right[r++]) as T);
    if (merged.length % STEP === 0) await pause();
  }
  return merged;
}
