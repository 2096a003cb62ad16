import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowerBound, SortedKeys } from './sorted-keys.ts';

const change = fc.tuple(fc.boolean(), fc.string({ maxLength: 3 }));

test('sorted keys are what a sorted set of the same changes contains', () => {
  const rounds = fc.array(fc.array(change, { maxLength: 400 }), { maxLength: 4 });
  fc.assert(
    fc.property(rounds, (all) => {
      const keys = new SortedKeys();
      const model = new Set<string>();
      for (const changes of all) {
        for (const [isAdded, key] of changes) {
          if (isAdded) keys.add(key);
          else keys.remove(key);
          if (isAdded) model.add(key);
          else model.delete(key);
        }
        expect(keys.keys).toEqual([...model].sort());
      }
    }),
  );
});

test('the lower bound is where a key is or would be', () => {
  expect(['', 'a', 'b', 'c', 'z'].map((key) => lowerBound(['a', 'c'], key))).toEqual([0, 0, 1, 1, 2]);
});
