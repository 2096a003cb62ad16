import { expect, it } from 'vitest';
import { parseExpiry } from './parse-expiry.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');

it.each([
  ['12h', '2026-11-30T12:00:00.000'],
  ['90d', '2027-02-28T00:00:00.000'],
  ['2w', '2026-12-14T00:00:00.000'],
  ['2027-06-30', '2027-06-30T00:00:00.000'],
  ['2027-06-30T12:00', '2027-06-30T12:00:00.000'],
  ['2027-06-30T12:00:00+02:00', '2027-06-30T10:00:00.000'],
])('%s', (text, expected) => {
  expect(parseExpiry(text, NOW)).toBe(expected);
});

it.each([
  '',
  '90',
  'd',
  '0d',
  '-1d',
  '1y',
  '1.5d',
  'tomorrow',
  '2026-11-29',
  '2027-13-01',
  '999999d',
  '30 June 2027',
])('"%s" is refused', (text) => {
  expect(() => parseExpiry(text, NOW)).toThrow(/Write it like|past/);
});
