import { expect, it, vi } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { acquire } from '../../attach/acquire.ts';
import { fillPool } from '../../attach/fill-pool.ts';
import { finish } from '../../attach/finish.ts';
import { drainPools, fillPools, viewPools } from './view-pools.ts';
import { DRAINED_BY_HAND } from './wire.ts';

it('a pool that somebody drained takes nothing in before a container asks again', async () => {
  const { state, pool, books } = createWorld();
  const claimOne = (label: string) => acquire(state, { pool, wants: { name: '' }, claim: { label } });
  await fillPool(pool, state, 3);
  const nics = [await claimOne('a'), await claimOne('b')];
  await drainPools(state);
  for (const nic of nics) await finish(nic, state);
  expect(viewPools(state)).toMatchObject([{ warm: 0, paused: DRAINED_BY_HAND }]);
  expect(books().ports).toBe(0);
  const nic = await claimOne('c');
  expect(viewPools(state)[0]).not.toHaveProperty('paused');
  await finish(nic, state);
  await pool.settled();
  expect(pool.warm).toBe(1);
});

it('a pool that is being filled already: whoever fills it by hand waits for that', async () => {
  const { state, pool, neutron, books } = createWorld();
  const held = neutron.hold('ports.createMany');
  const filling = fillPool(pool, state, 3);
  await held.arrived;
  const byHand = fillPools(state, 'net', 3);
  held.open();
  expect(await byHand).toMatchObject([{ warm: 3, making: 0 }]);
  expect([await filling, books().ports]).toEqual([3, 3]);
});

it('what somebody else does not get made is made by whoever fills it by hand', async () => {
  const { state, pool } = createWorld();
  const others = Promise.withResolvers<never>();
  const coming = pool.putWhenMade(2, () => others.promise);
  const byHand = fillPools(state, 'net', 4);
  await vi.waitFor(() => expect(pool.warm).toBe(2));
  others.reject(new Error('no room'));
  await expect(coming).rejects.toThrow('no room');
  expect(await byHand).toMatchObject([{ warm: 4, making: 0 }]);
});
