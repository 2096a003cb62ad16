import { expect, test } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const now = Date.parse('2026-11-23T20:00:00Z');

test.each([
  ['7', 7000],
  [' 0 ', 0],
  ['Mon, 23 Nov 2026 20:00:05 GMT', 5000],
  ['Mon, 23 Nov 2026 19:00:00 GMT', 0],
  ['soon', undefined],
  ['-3', undefined],
  [undefined, undefined],
])('Retry-After: %s', (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});
