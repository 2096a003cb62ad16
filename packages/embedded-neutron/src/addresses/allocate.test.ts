import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pickAddress, pickMac, rangesWithout } from './allocate.ts';

const pool = fc
  .tuple(fc.bigInt(0n, 300n), fc.bigInt(0n, 40n))
  .map(([start, length]) => ({ start, end: start + length }));

test('every unused address of the pools is found, then none', () => {
  fc.assert(
    fc.property(
      fc.array(pool, { minLength: 1, maxLength: 4 }),
      fc.array(fc.bigInt(0n, 340n)),
      (pools, usedAddresses) => {
        const used = new Set(usedAddresses);
        const inPools = (address: bigint) =>
          pools.some(({ start, end }) => address >= start && address <= end);
        const room = new Set(
          Array.from({ length: 341 }, (_, i) => BigInt(i)).filter((i) => inPools(i) && !used.has(i)),
        ).size;
        for (let left = room; left > 0; left--) {
          const picked = pickAddress(pools, (address) => used.has(address), used.size);
          expect(picked !== undefined && inPools(picked) && !used.has(picked)).toBe(true);
          if (picked !== undefined) used.add(picked);
        }
        expect(pickAddress(pools, (address) => used.has(address), used.size)).toBeUndefined();
      },
    ),
  );
});

test('in a /64 with thousands of used addresses, the search for a free one is short', () => {
  const used = new Set(Array.from({ length: 10_000 }, (_, i) => BigInt(i)));
  let asked = 0;
  const isUsed = (address: bigint) => {
    asked += 1;
    return used.has(address);
  };
  const picked = pickAddress([{ start: 0n, end: (1n << 64n) - 1n }], isUsed, used.size);
  expect(picked).toBeGreaterThanOrEqual(10_000n);
  expect(asked).toBeLessThanOrEqual(10_001);
});

test('the default allocation pools are the host range without the gateway', () => {
  const range = { start: 1n, end: 10n };
  expect(rangesWithout(range, 1n)).toEqual([{ start: 2n, end: 10n }]);
  expect(rangesWithout(range, 5n)).toEqual([
    { start: 1n, end: 4n },
    { start: 6n, end: 10n },
  ]);
  expect(rangesWithout(range, 11n)).toEqual([range]);
  expect(rangesWithout({ start: 1n, end: 1n }, 1n)).toEqual([]);
});

test('a used MAC is not picked', () => {
  const refused = new Set<string>();
  const mac = pickMac('fa:16:3e', (candidate) => refused.size < 3 && refused.add(candidate).size > 0);
  expect(mac).toMatch(/^fa:16:3e(:[0-9a-f]{2}){3}$/);
  expect(refused.size).toBe(3);
});
