import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { DRAINED_BY_HAND } from './types.ts';
import { drainPools, fillPools, viewPools } from './view-pools.ts';

it('a pool that somebody drained takes nothing in before a container asks again', async () => {
  const { engine, pool, books } = createWorld();
  const claimOne = (label: string) => acquire(engine, { pool, wants: { name: '' }, claim: { label } });
  await fillPool(engine, pool, 3);
  const nics = [await claimOne('a'), await claimOne('b')];
  await drainPools(engine);
  for (const nic of nics) await finish(engine, nic);
  expect(viewPools(engine)).toMatchObject([{ warm: 0, paused: DRAINED_BY_HAND }]);
  expect(books().ports).toBe(0);
  const nic = await claimOne('c');
  expect(viewPools(engine)[0]).not.toHaveProperty('paused');
  await finish(engine, nic);
  await pool.settled();
  expect(pool.warm).toBe(1);
});

it('a pool that is being filled already: whoever fills it by hand waits for that', async () => {
  const { engine, pool, neutron, books } = createWorld();
  const held = neutron.hold('ports.createMany');
  const filling = fillPool(engine, pool, 3);
  await held.arrived;
  const byHand = fillPools(engine, 'net', 3);
  held.open();
  expect(await byHand).toMatchObject([{ warm: 3, making: 0 }]);
  expect([await filling, books().ports]).toEqual([3, 3]);
});

it('what somebody else does not get made is made by whoever fills it by hand', async () => {
  const { engine, pool, neutron } = createWorld();
  const held = neutron.hold('ports.createMany');
  for (const call of ['ports.createMany', 'ports.create']) neutron.fail(call, refusal(409, 'OverQuota'));
  const filling = fillPool(engine, pool, 2);
  await held.arrived;
  const byHand = fillPools(engine, 'net', 2);
  held.open();
  await expect(filling).rejects.toMatchObject({ code: 'E_QUOTA' });
  expect(await byHand).toMatchObject([{ warm: 2, making: 0 }]);
});

it('who fills it by hand hears why it cannot be filled', async () => {
  const { engine, pool, neutron } = createWorld();
  const held = neutron.hold('ports.createMany');
  for (const call of ['ports.createMany', 'ports.create', 'ports.createMany', 'ports.create'])
    neutron.fail(call, refusal(409, 'OverQuota'));
  const filling = expect(fillPool(engine, pool, 2)).rejects.toMatchObject({ code: 'E_QUOTA' });
  await held.arrived;
  const byHand = expect(fillPools(engine, 'net', 2)).rejects.toMatchObject({ code: 'E_QUOTA' });
  held.open();
  await filling;
  await byHand;
});
