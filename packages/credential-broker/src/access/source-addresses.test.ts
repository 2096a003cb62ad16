import { expect, test } from 'vitest';
import { isAmong, isSource } from './source-addresses.ts';

test.each([
  ['10.0.0.5', ['10.0.0.5'], true],
  ['10.0.0.5', ['10.0.0.50'], false],
  ['10.0.0.5', ['10.0.0.0/29'], true],
  ['10.0.0.9', ['10.0.0.0/29'], false],
  ['fd00::5', ['10.0.0.5', 'fd00:0:0::5'], true],
  ['fd00::5', ['fd00::/64'], true],
  ['fd01::5', ['fd00::/64'], false],
  ['', ['10.0.0.5'], false],
  ['10.0.0.5', [], false],
])('%s among %j: %s', (address, sources, expected) => {
  expect(isAmong(address, sources)).toBe(expected);
});

test.each(['10.0.0.5', '10.0.0.0/8', 'fd00::/8'])('%s is an address or a CIDR', (text) => {
  expect(isSource(text)).toBe(true);
});
test.each(['', 'x', '10.0.0', '10.0.0.0/33', '10.0.0.0/x', 'broker.example.org'])('%s is neither', (text) => {
  expect(isSource(text)).toBe(false);
});
