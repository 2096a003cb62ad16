import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressToNumber } from '../addresses/cidr.ts';
import { allocationPools } from './allocation-pools.ts';

it.each([
  ['nothing asked: Neutron chooses', {}, undefined],
  ['a range', { range: '10.0.0.8/29' }, ['10.0.0.8-10.0.0.15']],
  [
    'the whole subnet, without its own address and the broadcast',
    { range: '10.0.0.0/24' },
    ['10.0.0.1-10.0.0.254'],
  ],
  [
    'an address to keep',
    { keep: ['10.0.0.9'], range: '10.0.0.8/29' },
    ['10.0.0.8-10.0.0.8', '10.0.0.10-10.0.0.15'],
  ],
  ['the gateway at the end', { gateway: '10.0.0.15', range: '10.0.0.8/29' }, ['10.0.0.8-10.0.0.14']],
])('%s', (_, wanted, pools) => {
  const found = allocationPools('10.0.0.0/24', { keep: [], ...wanted });
  expect(found?.map(({ start, end }) => `${start}-${end}`)).toEqual(pools);
});

it('refuses a range outside of the subnet, and one that nothing is left of', () => {
  const code = expect.objectContaining({ code: 'E_NETWORK_OPTION' });
  expect(() => allocationPools('10.0.0.0/24', { range: '10.0.1.0/28', keep: [] })).toThrowError(code);
  expect(() => allocationPools('10.0.0.0/24', { range: '10.0.0.7/32', keep: ['10.0.0.7'] })).toThrowError(
    code,
  );
});

it('covers exactly the hosts that are not to be kept', () => {
  const host = fc.integer({ min: 1, max: 14 }).map((last) => `10.0.0.${last}`);
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 13 }), (keep) => {
      const pools = allocationPools('10.0.0.0/28', { keep }) ?? [];
      const covered = pools.flatMap(({ start, end }) => {
        const [from, to] = [addressToNumber(start), addressToNumber(end)];
        return Array.from({ length: Number(to - from) + 1 }, (_, index) =>
          Number((from + BigInt(index)) & 0xffn),
        );
      });
      const hosts = Array.from({ length: 14 }, (_, index) => index + 1);
      expect(covered).toEqual(hosts.filter((last) => !keep.includes(`10.0.0.${last}`)));
    }),
  );
});
