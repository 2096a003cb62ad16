import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortInSlices } from './sort-in-slices.ts';

test('the order is that of a stable sort', async () => {
  const items = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer()), {
    maxLength: 3000,
    size: 'max',
  });
  const order = ([a]: [number, number], [b]: [number, number]) => a - b;
  await fc.assert(
    fc.asyncProperty(items, async (all) => {
      expect(await sortInSlices(all, order)).toEqual(all.toSorted(order));
    }),
    { numRuns: 30 },
  );
});
