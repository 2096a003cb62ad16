import { expect, it } from 'vitest';
import { mtuOption, sharedOption } from './options.ts';

it.each([
  ['True', true],
  ['on', true],
  ['1', true],
  ['False', false],
  ['no', false],
  ['', undefined],
])('neutron.net.shared=%j is %j', (text, shared) => {
  expect(sharedOption({ 'neutron.net.shared': text })).toBe(shared);
});

it('refuses a value of neutron.net.shared that is no boolean', () => {
  expect(() => sharedOption({ 'neutron.net.shared': 'maybe' })).toThrow(
    expect.objectContaining({ code: 'E_NETWORK_OPTION' }),
  );
});

const mtu = (text: string) => mtuOption({ 'com.docker.network.driver.mtu': text });

it.each([
  ['68', 68],
  ['1500', 1500],
  ['65535', 65_535],
  ['', undefined],
])('com.docker.network.driver.mtu=%j is %j', (text, expected) => {
  expect(mtu(text)).toBe(expected);
});

it.each(['-1', '0', '67', '65536', '999999', '1e3', '0x5dc', '1500.5', ' 1500', '1500 ', 'NaN', 'big'])(
  'refuses com.docker.network.driver.mtu=%j',
  (text) => {
    expect(() => mtu(text)).toThrow(expect.objectContaining({ code: 'E_NETWORK_OPTION' }));
  },
);
