import { describe, expect, it } from 'vitest';
import { createWorld, subnetOf } from '../../test/support/world.ts';
import { fittingSubnet, namedNetwork } from './named-network.ts';

const v4 = subnetOf('v4', '10.0.0.0/24', { name: 'four', ip_version: 4 });
const v6 = subnetOf('v6', 'fd00::/64', { name: 'six', ip_version: 6 });
const network = { id: 'n', name: 'LS1' } as Parameters<typeof fittingSubnet>[0]['network'];

describe('a subnet that does not fit: the hint depends on what is missing', () => {
  it.each([
    ['IPv4 on an IPv6-only network', [v6], { options: {}, version: 4 }, '--ipv4=false --ipv6'],
    ['IPv6 on an IPv4-only network', [v4], { options: {}, version: 6 }, 'leave --ipv6 out'],
    [
      'a subnet that does not exist',
      [v4],
      { options: { 'neutron.subnet.name': 'nope' }, version: 4 },
      'name one of these subnets',
    ],
    [
      'another CIDR',
      [v4],
      { options: {}, version: 4, cidr: '10.9.0.0/24' },
      'use --subnet with one of these',
    ],
  ] as const)('%s', (_, subnets, request, words) => {
    expect(() => fittingSubnet({ network, subnets: [...subnets] }, request)).toThrow(
      expect.objectContaining({
        code: 'E_NETWORK_NO_SUBNET',
        message: expect.stringContaining(subnets[0].name ?? ''),
        hint: expect.stringContaining(words),
      }),
    );
  });
});

it('a subnet that no network has: the hint leads to the list of subnets', async () => {
  const { neutron } = createWorld({ subnets: [v4] });
  await expect(namedNetwork(neutron.client, { 'neutron.subnet.name': 'nope' })).rejects.toMatchObject({
    code: 'E_SUBNET_UNKNOWN',
    hint: expect.stringContaining('openstack subnet list'),
  });
});
