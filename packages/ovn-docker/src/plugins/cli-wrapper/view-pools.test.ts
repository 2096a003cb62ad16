import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { acquire } from '../../attach/acquire.ts';
import { fillPool } from '../../attach/fill-pool.ts';
import { finish } from '../../attach/finish.ts';
import { drainPools, viewPools } from './view-pools.ts';
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
