import type { Subnet } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { hasAutomaticAddresses } from './subnets.ts';

it.each([
  ['slaac', true],
  ['dhcpv6-stateless', true],
  ['dhcpv6-stateful', false],
  [null, false],
  [undefined, false],
])('addresses of a subnet with ipv6_address_mode %s follow from the MAC address: %s', (mode, isAutomatic) => {
  expect(hasAutomaticAddresses({ ipv6_address_mode: mode } as Subnet)).toBe(isAutomatic);
});
