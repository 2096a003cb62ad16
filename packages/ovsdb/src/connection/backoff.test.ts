import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

it('doubles up to the maximum, and starts again at the minimum after a reset', () => {
  const backoff = new Backoff(100, 1000, () => 1);
  expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1000, 1000]);
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

it('waits between half and all of that time', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2000), (random, failures) => {
      const backoff = new Backoff(100, 1000, () => random);
      for (let n = 0; n < failures; n++) backoff.next();
      const pause = backoff.next();
      const ceiling = Math.min(1000, 100 * 2 ** failures);
      expect(pause).toBeGreaterThanOrEqual(ceiling / 2);
      expect(pause).toBeLessThanOrEqual(ceiling);
    }),
  );
});
