import { expect, it } from 'vitest';
import { parsePoolId, poolId } from './pool-id.ts';

it.each([
  { kind: 'subnet', subnetId: '6fd6997b-023a-4779-93e4-3c56836d96f2' },
  { kind: 'subnet', subnetId: '6fd6997b-023a-4779-93e4-3c56836d96f2', request: '0badcafe' },
  { kind: 'cidr', cidr: '10.2.0.0/24' },
] as const)('says the same after a way through Docker: %j', (pool) => {
  expect(parsePoolId(poolId(pool))).toEqual(pool);
});

it.each(['', 'subnet/', 'subnet//1', 'pool-10.2.0.0/24', 'LocalDefault/10.0.0.0/8'])(
  'refuses %j: not ours',
  (id) => {
    expect(() => parsePoolId(id)).toThrowError(expect.objectContaining({ code: 'E_USAGE' }));
  },
);
