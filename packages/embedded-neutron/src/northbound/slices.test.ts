import { expect, test } from 'vitest';
import { mapInSlices } from './slices.ts';

/** Longer than a slice, in milliseconds. */
const LONG = 6;

function work(): void {
  const end = performance.now() + LONG;
  while (performance.now() < end);
}

test('in one turn, all loops together make one step that is longer than a slice', async () => {
  const perTurn: number[] = [0];
  let done = false;
  const count = () => {
    if (done) return;
    perTurn.push(0);
    setImmediate(count);
  };
  setImmediate(count);
  const loop = () =>
    mapInSlices(Array.from({ length: 6 }), () => {
      work();
      perTurn[perTurn.length - 1] = (perTurn.at(-1) ?? 0) + 1;
    });
  await loop();
  await Promise.all([loop(), loop(), loop()]);
  done = true;
  // The first step of each loop is part of the turn that begins the loop.
  expect(perTurn.filter((steps) => steps > 1)).toEqual([3]);
});
