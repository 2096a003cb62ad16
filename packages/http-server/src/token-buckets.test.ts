import { expect, test } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

const rate = { perSecond: 2, burst: 5 };

/** The number of tokens that a key gets of 9 at a time in milliseconds. */
const taken = (buckets: TokenBuckets, key: string, at: number) =>
  Array.from({ length: 9 }, () => buckets.take(key, at)).filter((seconds) => seconds === 0).length;

test('a key gets a burst, and then as many tokens as the rate allows', () => {
  const buckets = new TokenBuckets(rate);
  expect([0, 499, 500, 60_500].map((at) => taken(buckets, 'a', at))).toEqual([5, 0, 1, 5]);
});

test('a key does not use up the tokens of others', () => {
  const buckets = new TokenBuckets(rate);
  expect([taken(buckets, 'a', 0), taken(buckets, 'b', 0)]).toEqual([5, 5]);
});

test.each([
  [{ perSecond: 2, burst: 1 }, 1],
  [{ perSecond: 0.01, burst: 1 }, 100],
  [{ perSecond: 0.3, burst: 1 }, 4],
])('without a token, %j, the next one is there after %d seconds', (given, seconds) => {
  const buckets = new TokenBuckets(given);
  buckets.take('a', 7);
  expect([buckets.take('a', 7), buckets.take('a', 7)]).toEqual([seconds, seconds]);
  expect(buckets.take('a', 7 + seconds * 1000)).toBe(0);
});

test('a bucket that is full again is forgotten', () => {
  const buckets = new TokenBuckets(rate);
  for (let key = 0; key < 25_000; key++) buckets.take(String(key), key * 100);
  // A token is back after half a second.
  expect(buckets.size).toBeLessThanOrEqual(6);
});

test('of many keys at once, those are forgotten that were not used for the longest time', () => {
  const buckets = new TokenBuckets(rate, 100);
  taken(buckets, 'first', 0);
  for (let key = 1; key < 100; key++) buckets.take(`c${key}`, 0);
  expect(taken(buckets, 'first', 0)).toBe(0);
  for (let key = 0; key < 99; key++) buckets.take(`d${key}`, 0);
  expect(taken(buckets, 'first', 0)).toBe(0);
  for (let key = 0; key < 100; key++) buckets.take(`e${key}`, 0);
  expect([buckets.size, taken(buckets, 'first', 0)]).toEqual([100, 5]);
});

test('by default, ten thousand keys are remembered', () => {
  const buckets = new TokenBuckets(rate);
  for (let key = 0; key < 20_000; key++) buckets.take(String(key), 0);
  expect(buckets.size).toBe(10_000);
});
