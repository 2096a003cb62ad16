import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressToNumber } from '../addresses/cidr.ts';
import { allocationPools } from './allocation-pools.ts';

it.each([
  ['no restriction: Neutron chooses', {}, undefined],
  ['a range', { range: '10.0.0.8/29' }, ['10.0.0.8-10.0.0.15']],
  [
    'the whole subnet, without the network address and the broadcast address',
    { range: '10.0.0.0/24' },
    ['10.0.0.1-10.0.0.254'],
  ],
  [
    'a reserved address',
    { reserved: ['10.0.0.9'], range: '10.0.0.8/29' },
    ['10.0.0.8-10.0.0.8', '10.0.0.10-10.0.0.15'],
  ],
  ['the gateway at the end', { gateway: '10.0.0.15', range: '10.0.0.8/29' }, ['10.0.0.8-10.0.0.14']],
])('%s', (_, restrictions, ranges) => {
  const pools = allocationPools('10.0.0.0/24', { reserved: [], ...restrictions });
  expect(pools?.map(({ start, end }) => `${start}-${end}`)).toEqual(ranges);
});

it('refuses a range outside of the subnet and a range without a free address', () => {
  const code = expect.objectContaining({ code: 'E_NETWORK_OPTION' });
  expect(() => allocationPools('10.0.0.0/24', { range: '10.0.1.0/28', reserved: [] })).toThrowError(code);
  expect(() => allocationPools('10.0.0.0/24', { range: '10.0.0.7/32', reserved: ['10.0.0.7'] })).toThrowError(
    code,
  );
});

it('covers exactly the hosts that are not reserved', () => {
  const host = fc.integer({ min: 1, max: 14 }).map((last) => `10.0.0.${last}`);
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 13 }), (reserved) => {
      const pools = allocationPools('10.0.0.0/28', { reserved }) ?? [];
      const covered = pools.flatMap(({ start, end }) => {
        const [from, to] = [addressToNumber(start), addressToNumber(end)];
        return Array.from({ length: Number(to - from) + 1 }, (_, index) =>
          Number((from + BigInt(index)) & 0xffn),
        );
      });
      const hosts = Array.from({ length: 14 }, (_, index) => index + 1);
      expect(covered).toEqual(hosts.filter((last) => !reserved.includes(`10.0.0.${last}`)));
    }),
  );
});
