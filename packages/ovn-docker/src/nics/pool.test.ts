import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import type { Nic } from './nic.ts';
import { NicPool, poolKey } from './pool.ts';
import { NicPools } from './pools.ts';

const { target } = createWorld();
const marks = { low: 2, high: 4, batch: 4, idleMs: 1000 };
let nextId = 0;
const makeNic = () =>
  ({ id: String(nextId++), state: 'making', target, wants: { name: '' } }) as unknown as Nic;

it('hands out the NIC that has rested longest, and each NIC once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('put', 'take', 'drop', 'shrink'), { maxLength: 60 }), (steps) => {
      const pool = new NicPool(target, marks);
      let resting: Nic[] = [];
      for (const step of steps) {
        if (step === 'put') {
          const nic = makeNic();
          pool.put(nic);
          resting.push(nic);
          expect(nic.state).toBe('warm');
        } else if (step === 'take') {
          expect(pool.take()).toBe(resting.shift());
        } else if (step === 'drop') {
          const nic = resting.pop() ?? makeNic();
          expect(pool.drop(nic)).toBe(nic.state === 'warm');
          expect(pool.drop(nic)).toBe(false);
        } else {
          expect(pool.shrink(2)).toEqual(resting.slice(0, 2));
          resting = resting.slice(2);
        }
        expect(pool.warm).toBe(resting.length);
      }
    }),
  );
});

it('hands out only the NIC with the requested address', () => {
  const pool = new NicPool(target, marks);
  const subnet_id = target.subnets[0]?.id;
  const withAddress = (ip_address: string) =>
    Object.assign(makeNic(), { port: { fixed_ips: [{ subnet_id, ip_address }] } });
  const [first, second] = [withAddress('10.0.0.2'), withAddress('10.0.0.3')];
  pool.put(first);
  pool.put(second);
  expect([pool.take('10.0.0.3'), pool.take('10.0.0.3'), pool.take()]).toEqual([second, undefined, first]);
});

it('counts each NIC once: while it is being made, when it is warm, and until it fails', async () => {
  const pool = new NicPool(target, marks);
  const counts: number[] = [];
  const made = Promise.withResolvers<Nic[]>();
  const refused = Promise.withResolvers<Nic[]>();
  const filling = pool.putWhenMade(2, () => made.promise);
  const failing = pool.putWhenMade(1, () => refused.promise);
  const count = () => counts.push(pool.warm + pool.making);
  count();
  made.resolve([makeNic(), makeNic()]);
  // At every turn of the event loop, the batch of two and the batch of one count as three NICs.
  for (let turn = 0; turn < 10; turn++) {
    await Promise.resolve();
    count();
  }
  refused.reject(new Error('refused'));
  await expect(failing).rejects.toThrow('refused');
  expect([await filling, pool.warm, pool.making]).toEqual([2, 2, 0]);
  expect(new Set(counts)).toEqual(new Set([3]));
});

it('is short below its low mark and has room below its high mark, counting NICs that are being made', async () => {
  const pool = new NicPool(target, marks);
  const made = Promise.withResolvers<Nic[]>();
  const view = () => [pool.isShort, pool.hasRoom];
  expect(view()).toEqual([true, true]);
  pool.put(makeNic());
  const filling = pool.putWhenMade(3, () => made.promise);
  expect(view()).toEqual([false, false]);
  made.resolve([]);
  await filling;
  expect(view()).toEqual([true, true]);
});

it('a closed pool is not filled, and NICs that are being made still arrive', async () => {
  const pool = new NicPool(target, marks);
  const made = Promise.withResolvers<Nic[]>();
  const filling = pool.putWhenMade(1, () => made.promise);
  pool.close();
  expect([pool.isShort, pool.hasRoom]).toEqual([false, false]);
  made.resolve([makeNic()]);
  await pool.whenMade();
  expect([pool.warm, pool.making]).toEqual([1, 0]);
  await filling;
});

it('poolKey: equal for the same network, subnets and security groups in any order, and only then', () => {
  const [subnet] = target.subnets;
  if (!subnet) throw new Error('no subnet');
  const other = { ...subnet, id: 'subnet-2' };
  const base = { ...target, subnets: [subnet, other], securityGroups: ['a', 'b'] };
  const same = { ...base, subnets: [other, subnet], securityGroups: ['b', 'a'] };
  expect(poolKey(same)).toBe(poolKey(base));
  const { securityGroups: _, ...byDefault } = base;
  const others = [
    byDefault,
    { ...base, securityGroups: [] },
    { ...base, subnets: [subnet] },
    { ...base, network: { ...target.network, id: 'network-2' } },
  ];
  expect(new Set([base, ...others].map(poolKey)).size).toBe(5);
});

it('NicPools: one pool per target; a removed pool is closed, and the target gets a new one', () => {
  const pools = new NicPools(() => marks);
  const pool = pools.of(target);
  const renamed = { ...target, network: { ...target.network, name: 'renamed' } };
  expect(pools.of(renamed)).toBe(pool);
  expect(pool.target.network.name).toBe('renamed');
  expect(pools.onNetwork(target.network.id)).toEqual([pool]);
  pools.remove(pool);
  expect([pools.get(target), pool.isOpen]).toEqual([undefined, false]);
  const next = pools.of(target);
  pools.remove(pool);
  expect(pools.get(target)).toBe(next);
});
