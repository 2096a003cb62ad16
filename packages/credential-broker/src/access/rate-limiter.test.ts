import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';

const limits = { requestsPerSecond: 2, burst: 3, concurrent: 100 };

/** Whether a request at this time, in ms, is refused, and the Retry-After of the refusal. */
function enter(limiter: RateLimiter, key: string, at: number): number | 'allowed' {
  try {
    limiter.enter(key, at)[Symbol.dispose]();
    return 'allowed';
  } catch (error) {
    return (error as { readonly retryAfter: number }).retryAfter;
  }
}

test('a burst, then as many requests as the time allows, for each key', () => {
  const limiter = new RateLimiter(limits);
  expect([0, 0, 0, 0].map((at) => enter(limiter, 'a', at))).toEqual(['allowed', 'allowed', 'allowed', 1]);
  expect(enter(limiter, 'b', 0)).toBe('allowed');
  expect([499, 500, 500].map((at) => enter(limiter, 'a', at))).toEqual([1, 'allowed', 1]);
  expect([9000, 9000, 9000, 9000].map((at) => enter(limiter, 'a', at))).toEqual([
    'allowed',
    'allowed',
    'allowed',
    1,
  ]);
});

test('a number of requests at once; the end of one makes room', () => {
  const limiter = new RateLimiter({ ...limits, burst: 100, concurrent: 2 });
  const first = limiter.enter('a', 0);
  limiter.enter('a', 0);
  expect(() => limiter.enter('a', 0)).toThrow(/at once/);
  first[Symbol.dispose]();
  limiter.enter('a', 0);
});

test('many keys do not fill the memory: those that are idle are forgotten', () => {
  const limiter = new RateLimiter(limits);
  for (let key = 0; key < 25_000; key++) limiter.enter(String(key), key * 1000)[Symbol.dispose]();
  expect(limiter.size).toBeLessThanOrEqual(10_000);
});
