import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { drainPools, fillPools, viewPools } from './manage-pools.ts';
import { DRAINED_BY_HAND } from './types.ts';

it('a pool that the user drained stays empty until a container needs a NIC', async () => {
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
  await pool.whenMade();
  expect(pool.warm).toBe(1);
});

it('a user’s fill waits until the agent has filled the pool', async () => {
  const { engine, pool, neutron, books } = createWorld();
  const creation = neutron.hold('ports.createMany');
  const filling = fillPool(engine, pool, 3);
  await creation.arrived;
  const byHand = fillPools(engine, 'net', 3);
  creation.open();
  expect(await byHand).toMatchObject([{ warm: 3, making: 0 }]);
  expect([await filling, books().ports]).toEqual([3, 3]);
});

it('a user’s fill makes the NICs that the agent failed to make', async () => {
  const { engine, pool, neutron } = createWorld();
  const creation = neutron.hold('ports.createMany');
  for (const call of ['ports.createMany', 'ports.create']) neutron.fail(call, refusal(409, 'OverQuota'));
  const filling = fillPool(engine, pool, 2);
  await creation.arrived;
  const byHand = fillPools(engine, 'net', 2);
  creation.open();
  await expect(filling).rejects.toMatchObject({ code: 'E_QUOTA' });
  expect(await byHand).toMatchObject([{ warm: 2, making: 0 }]);
});

it('a user’s fill rejects with the reason why the pool cannot be filled', async () => {
  const { engine, pool, neutron } = createWorld();
  const creation = neutron.hold('ports.createMany');
  for (const call of ['ports.createMany', 'ports.create', 'ports.createMany', 'ports.create'])
    neutron.fail(call, refusal(409, 'OverQuota'));
  const filling = expect(fillPool(engine, pool, 2)).rejects.toMatchObject({ code: 'E_QUOTA' });
  await creation.arrived;
  const byHand = expect(fillPools(engine, 'net', 2)).rejects.toMatchObject({ code: 'E_QUOTA' });
  creation.open();
  await filling;
  await byHand;
});

it('draining a network that does not exist is a mistake', async () => {
  const { engine } = createWorld();
  await expect(drainPools(engine, 'nope')).rejects.toMatchObject({ code: 'E_NETWORK_UNKNOWN' });
  expect(await drainPools(engine, 'net')).toHaveLength(1);
});
