import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REGIONS, regionOf, stripeOf } from './guard-row.ts';

const chosen = fc.tuple(fc.constantFrom('ip', 'mac', 'place'), fc.uuid(), fc.string());
const fixed = fc.tuple(fc.constantFrom('quota', 'children', 'default group', 'drop group'), fc.uuid());

test('a replica that chooses values never meets a fact that no replica chooses', () => {
  fc.assert(
    fc.property(chosen, fixed, (value, fact) => {
      expect(regionOf(stripeOf(value))).toBeLessThan(REGIONS);
      expect(regionOf(stripeOf(fact))).toBe(REGIONS);
    }),
  );
});

test('the values of a subnet use all stripes of all regions', () => {
  const values = Array.from({ length: 20_000 }, (_, index) => [
    'ip',
    'subnet',
    `10.0.${index >> 8}.${index & 255}`,
  ]);
  const counts = Map.groupBy(values.map(stripeOf), (stripe) => stripe);
  expect(counts.size).toBe(32 * REGIONS);
  const sizes = [...counts.values()].map(({ length }) => length);
  expect(Math.max(...sizes)).toBeLessThan(4 * Math.min(...sizes));
});
