import { nearestKey, suggestion } from '@ovn-docker/config-file/nearest-key';
import { expect, it } from 'vitest';
import { cloudVariables, optionNames } from './known-keys.ts';

const options = Object.values(optionNames);

it.each([
  ['neutron.net.nmae', 'neutron.net.name'],
  ['neutron.security-groups', 'neutron.security_groups'],
  ['neutron.securitygroup', 'neutron.security_groups'],
  ['Neutron.Net.Name', 'neutron.net.name'],
  ['nuetron.net.name', 'neutron.net.name'],
  ['neutron_net_uuid', 'neutron.net.uuid'],
  ['neutron.pool.v6name', 'neutron.pool.v6.name'],
  ['com.docker.network.drvier.mtu', 'com.docker.network.driver.mtu'],
])('%s is meant to be %s', (key, meant) => {
  expect(nearestKey(key, options)).toBe(meant);
});

it('suggests nothing for a key that resembles none', () => {
  expect(nearestKey('foo', options)).toBeUndefined();
  expect(nearestKey('', options)).toBeUndefined();
  expect(suggestion('foo', options)).toBe('');
  // In keys of three letters, two wrong letters are another key.
  expect(nearestKey('lag', ['log'])).toBe('log');
  expect(nearestKey('bag', ['log'])).toBeUndefined();
  expect(nearestKey('hihg', ['low', 'high'])).toBe('high');
});

it('finds misspelt variables', () => {
  expect(nearestKey('OS_PASSWROD', cloudVariables)).toBe('OS_PASSWORD');
  expect(nearestKey('OS_REGION', cloudVariables)).toBeUndefined();
});
