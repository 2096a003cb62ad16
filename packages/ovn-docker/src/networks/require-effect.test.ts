import { expect, it } from 'vitest';
import { requireEffect } from './require-effect.ts';

const check = (request: Partial<Parameters<typeof requireEffect>[0]>) => () =>
  requireEffect({ options: {}, ipamOptions: {}, versions: [4], isNew: true, ...request });
const pool = { 'neutron.pool.name': 'p' };
const groups = { 'neutron.security_groups': 'web' };

it.each([
  ['security groups for the IPAM driver only', { ipamOptions: groups }, '-o neutron.security_groups=web'],
  [
    'other security groups for the IPAM driver',
    { options: { 'neutron.security_groups': 'db' }, ipamOptions: groups },
    'network driver',
  ],
  ['an MTU for the IPAM driver only', { ipamOptions: { 'com.docker.network.driver.mtu': '1400' } }, '-o com'],
  ['a subnet pool for the network driver only', { options: pool }, '--ipam-opt'],
  ['a subnet pool for an existing network', { ipamOptions: pool, isNew: false }, 'leave neutron.pool'],
  ['an IPv6 subnet without --ipv6', { options: { 'neutron.subnet.v6.name': 's' }, isNew: false }, '--ipv6'],
  ['an IPv6 subnet pool without --ipv6', { ipamOptions: { 'neutron.pool.v6.name': 's' } }, '--ipv6'],
  [
    'an IPv4 subnet without IPv4',
    { options: { 'neutron.subnet.name': 's' }, isNew: false, versions: [6] },
    '--ipv4=false',
  ],
] as const)('refuses %s, which would have no effect', (_, request, hint) => {
  expect(check(request)).toThrow(
    expect.objectContaining({ code: 'E_NETWORK_OPTION', hint: expect.stringContaining(hint) }),
  );
});

it.each([
  ['the same options for both drivers', { options: groups, ipamOptions: groups }],
  ['a subnet pool for both drivers', { options: pool, ipamOptions: pool }],
  [
    'a subnet of each IP version',
    { options: { 'neutron.subnet.v6.name': 's' }, versions: [4, 6], isNew: false },
  ],
] as const)('accepts %s', (_, request) => {
  expect(check(request)).not.toThrow();
});
