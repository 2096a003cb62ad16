import { expect, test } from 'vitest';
import { addressOrPrefix, plainAddress } from './peer-address.ts';

test.each([
  ['::ffff:10.0.0.5', '10.0.0.5'],
  ['::FFFF:10.0.0.5', '10.0.0.5'],
  ['10.0.0.5', '10.0.0.5'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  [undefined, ''],
])('the address %s of a socket is %s', (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['fe80::1:2:3:4', 'fe80:0:0:0'],
  ['fe80::1:2:3:4%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  [undefined, ''],
])('the hosts at %s count as %s', (address, shown) => {
  expect(addressOrPrefix(address)).toBe(shown);
});
