import { expect, it } from 'vitest';
import { formatIpamPoolId, parseIpamPoolId } from './ipam-pool-id.ts';

it.each([
  { kind: 'subnet', subnetId: '6fd6997b-023a-4779-93e4-3c56836d96f2' },
  { kind: 'subnet', subnetId: '6fd6997b-023a-4779-93e4-3c56836d96f2', request: '0badcafe' },
  { kind: 'cidr', cidr: '10.2.0.0/24' },
] as const)('parses a formatted PoolID to the same IPAM pool: %j', (ipamPool) => {
  expect(parseIpamPoolId(formatIpamPoolId(ipamPool))).toEqual(ipamPool);
});

it.each(['', 'subnet/', 'subnet//1', 'pool-10.2.0.0/24', 'LocalDefault/10.0.0.0/8'])(
  'refuses %j, which is not a PoolID of this driver',
  (id) => {
    expect(() => parseIpamPoolId(id)).toThrowError(expect.objectContaining({ code: 'E_USAGE' }));
  },
);
