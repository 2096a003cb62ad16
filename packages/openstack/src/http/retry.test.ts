import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordingOf } from '../../test/support/replay-cloud.ts';
import { decideRetry, leavesDoubt, type RetryPolicy, type Try } from './retry.ts';

const policy: RetryPolicy = { attempts: 4, baseDelayMs: 100, maxDelayMs: 1000 };
const middle = () => 0.5;
const answered = (status: number, headers: Record<string, string> = {}, text = ''): Try => ({
  answer: { status, headers, text },
});
const lost: Try = { failure: 'unknown' };
const notSent: Try = { failure: 'not-sent' };
const keystoneDown = recordingOf('errors', '405').response;
const middleware503 = answered(keystoneDown.status, {}, JSON.stringify(keystoneDown.body));

function again(method: 'GET' | 'POST' | 'PUT' | 'DELETE', last: Try, repeatable = false): boolean {
  return decideRetry({ method, repeatable }, last, 1, policy, middle) !== undefined;
}

describe('which calls are repeated', () => {
  const table: readonly [string, Try, boolean, boolean][] = [
    // result of the try, whether GET and DELETE are repeated, whether POST and PUT are
    ['not sent', notSent, true, true],
    ['no answer', lost, true, false],
    ['408', answered(408), true, false],
    ['429', answered(429), true, true],
    ['413 with Retry-After', answered(413, { 'retry-after': '1' }), true, true],
    ['413', answered(413), false, false],
    ['500', answered(500), true, false],
    ['502', answered(502), true, false],
    ['503', answered(503), true, false],
    ['503 of the token check', middleware503, true, true],
    ['504', answered(504), true, false],
    ['200', answered(200), false, false],
    ['401', answered(401), false, false],
    ['404', answered(404), false, false],
    ['409', answered(409), false, false],
  ];
  test.each(table)('after %s', (_result, last, safe, unsafe) => {
    expect([again('GET', last), again('DELETE', last)]).toEqual([safe, safe]);
    expect([again('POST', last), again('PUT', last)]).toEqual([unsafe, unsafe]);
    expect(again('POST', last, true)).toBe(safe);
  });
});

test('no try follows the last one', () => {
  expect(decideRetry({ method: 'GET' }, lost, 3, policy)).toBeDefined();
  expect(decideRetry({ method: 'GET' }, lost, 4, policy)).toBeUndefined();
});

test('pauses double up to the limit', () => {
  const pauses = [1, 2, 3, 4, 5, 6].map((n) =>
    decideRetry({ method: 'GET' }, lost, n, { ...policy, attempts: 9 }, middle),
  );
  expect(pauses).toEqual([75, 150, 300, 600, 750, 750]);
});

test('a pause is between half and all of its unjittered length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, random) => {
        const pause = decideRetry({ method: 'GET' }, lost, n, policy, () => random);
        expect(pause).toBeGreaterThanOrEqual(100 * 2 ** (n - 2));
        expect(pause).toBeLessThanOrEqual(100 * 2 ** (n - 1));
      },
    ),
  );
});

test('Retry-After extends the pause; beyond the longest pause the call is not repeated', () => {
  const soon = answered(503, { 'retry-after': '1' });
  const late = answered(503, { 'retry-after': '2' });
  expect(decideRetry({ method: 'GET' }, soon, 1, policy, middle)).toBe(1000);
  expect(decideRetry({ method: 'GET' }, late, 1, policy, middle)).toBeUndefined();
});

test('a lost call and a server error leave in doubt whether the call took effect', () => {
  expect([lost, answered(500), answered(504)].map(leavesDoubt)).toEqual([true, true, true]);
  expect([notSent, answered(429), answered(404), middleware503].map(leavesDoubt)).toEqual(
    Array(4).fill(false),
  );
});
