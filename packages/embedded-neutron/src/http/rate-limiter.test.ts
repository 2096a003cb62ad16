import { expect, test } from 'vitest';
import type { NeutronError } from '../errors.ts';
import { RateLimiter } from './rate-limiter.ts';

/** A limiter with a clock that the test sets, and the number of requests that it lets pass. */
function opened() {
  let now = 0;
  const limiter = new RateLimiter({ perSecond: 2, burst: 5 }, () => now);
  const passing = (client: string, requests: number) =>
    Array.from({ length: requests }, () => limiter.mayStill(client)).filter(Boolean).length;
  return { limiter, passing, wait: (ms: number) => (now += ms) };
}

test('a client may send a burst, and then as many requests as the rate allows', () => {
  const { passing, wait } = opened();
  expect(passing('a', 9)).toBe(5);
  wait(499);
  expect(passing('a', 9)).toBe(0);
  wait(1);
  expect(passing('a', 9)).toBe(1);
  wait(60_000);
  expect(passing('a', 9)).toBe(5);
});

test('a client does not use up what others may send', () => {
  const { passing } = opened();
  expect([passing('a', 9), passing('b', 9)]).toEqual([5, 5]);
});

test('the refusal says when the client may try again', () => {
  const { limiter, passing, wait } = opened();
  passing('a', 5);
  const refusal = (): NeutronError | undefined => {
    try {
      limiter.count('a');
      return undefined;
    } catch (error) {
      return error as NeutronError;
    }
  };
  expect(refusal()).toMatchObject({ type: 'TooManyRequests', status: 429, retryAfter: 1 });
  wait(500);
  expect(refusal()).toBeUndefined();
});

test('ten thousand clients are remembered', () => {
  const { passing } = opened();
  passing('first', 9);
  for (let index = 1; index < 10_000; index++) passing(`c${index}`, 1);
  expect(passing('first', 1)).toBe(0);
  for (let index = 0; index < 10_000; index++) passing(`d${index}`, 1);
  expect(passing('first', 1)).toBe(1);
});
