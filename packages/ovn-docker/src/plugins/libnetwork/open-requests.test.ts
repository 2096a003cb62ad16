import { expect, it } from 'vitest';
import { PoolRequests } from './open-requests.ts';

const pool = { poolId: 'cidr/10.0.0.0/24', cidr: '10.0.0.0/24' };

it('hands what RequestPool knew to CreateNetwork, once for each time it was asked for', () => {
  const requests = new PoolRequests();
  requests.add(pool);
  requests.add(pool);
  expect([requests.take(pool.cidr), requests.take(pool.cidr), requests.take(pool.cidr)]).toEqual([
    pool,
    pool,
    undefined,
  ]);
  expect([requests.isOpen(pool.poolId), requests.cidrs()]).toEqual([false, []]);
});

it('forgets a pool that Docker gives back', () => {
  const requests = new PoolRequests();
  requests.add(pool);
  requests.release(pool.poolId);
  expect(requests.take(pool.cidr)).toBeUndefined();
});

it('does not guess which of two different ones is meant, unless the network says it', () => {
  const requests = new PoolRequests();
  const [one, two] = ['one', 'two'].map((networkId) => ({
    ...pool,
    poolId: `subnet/${networkId}`,
    networkId,
  }));
  if (one) requests.add(one);
  if (two) requests.add(two);
  expect(() => requests.take(pool.cidr)).toThrowError(expect.objectContaining({ code: 'E_NETWORK_OPTION' }));
  expect(requests.take(pool.cidr, 'two')).toBe(two);
  expect(requests.take(pool.cidr)).toBe(one);
});
