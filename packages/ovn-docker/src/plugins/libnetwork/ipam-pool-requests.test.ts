import { expect, it } from 'vitest';
import { IpamPoolRequests } from './ipam-pool-requests.ts';

const request = { ipamPoolId: 'cidr/10.0.0.0/24', cidr: '10.0.0.0/24' };

it('CreateNetwork takes each request of RequestPool once', () => {
  const requests = new IpamPoolRequests();
  requests.add(request);
  requests.add(request);
  expect([requests.take(request.cidr), requests.take(request.cidr), requests.take(request.cidr)]).toEqual([
    request,
    request,
    undefined,
  ]);
  expect([requests.isOpen(request.ipamPoolId), requests.cidrs()]).toEqual([false, []]);
});

it('forgets an IPAM pool that Docker releases', () => {
  const requests = new IpamPoolRequests();
  requests.add(request);
  requests.release(request.ipamPoolId);
  expect(requests.take(request.cidr)).toBeUndefined();
});

it('chooses between two different requests only if CreateNetwork names the network', () => {
  const requests = new IpamPoolRequests();
  const [one, two] = ['one', 'two'].map((networkId) => ({
    ...request,
    ipamPoolId: `subnet/${networkId}`,
    networkId,
  }));
  if (one) requests.add(one);
  if (two) requests.add(two);
  expect(() => requests.take(request.cidr)).toThrowError(
    expect.objectContaining({ code: 'E_NETWORK_OPTION' }),
  );
  expect(requests.take(request.cidr, 'two')).toBe(two);
  expect(requests.take(request.cidr)).toBe(one);
});
