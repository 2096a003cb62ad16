import type { Network } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { subnetOf } from '../../test/support/world.ts';
import { joinNetwork } from './join-network.ts';

const network = { id: 'net-1', name: 'net', mtu: 1442, shared: false } as Network;
const subnets = [
  subnetOf('v4', '10.0.0.0/24', { gateway_ip: '10.0.0.1' }),
  subnetOf('v6', 'fd00:1::/64', { ip_version: 6, gateway_ip: null }),
];
const planned = { reserved: [], gateway: undefined };
const plan = {
  options: {},
  subnets: [{ ...planned, cidr: '10.0.0.0/24', gateway: '10.0.0.1', ipamPoolId: 'subnet/v4/1' }],
  mtu: undefined,
  shared: undefined,
};

it('records the subnets of an existing network, with their PoolIDs', () => {
  const both = [...plan.subnets, { ...planned, cidr: 'fd00:1::/64', gateway: 'fd00:1::' }];
  expect(joinNetwork({ network, subnets }, { ...plan, subnets: both })).toEqual({
    network: 'net-1',
    subnets: [
      { id: 'v4', cidr: '10.0.0.0/24', pool: 'subnet/v4/1' },
      { id: 'v6', cidr: 'fd00:1::/64' },
    ],
    made: false,
  });
});

it.each([
  ['another MTU', { mtu: 1500 }, 'has MTU 1442, not 1500'],
  ['sharing', { shared: true }, 'is not shared'],
  ['another gateway', { subnets: [{ ...plan.subnets[0], gateway: '10.0.0.9' }] }, 'the gateway 10.0.0.1'],
  ['a gateway', { subnets: [{ ...planned, cidr: 'fd00:1::/64', gateway: 'fd00:1::1' }] }, 'no gateway'],
])('refuses %s, because the existing network stays unchanged', (_, difference, words) => {
  const join = () => joinNetwork({ network, subnets }, { ...plan, ...difference } as typeof plan);
  expect(join).toThrowError(
    expect.objectContaining({ code: 'E_NETWORK_OPTION', message: expect.stringContaining(words) }),
  );
});
