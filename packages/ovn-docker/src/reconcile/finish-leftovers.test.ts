import { setTimeout as delay } from 'node:timers/promises';
import type { Port } from '@ovn-docker/openstack';
import { expect, it, vi } from 'vitest';
import { lost } from '../../test/support/fake-neutron.ts';
import { booksOf, createWorld } from '../../test/support/world.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { finishLeftovers } from './finish-leftovers.ts';

const NOTHING = booksOf(0);
const ONE = booksOf(1);

/** NICs as an earlier agent leaves them. */
async function leftovers(count: number) {
  const world = createWorld();
  await fillPool(world.engine, world.pool, count);
  const nics = world.pool.shrink(count);
  for (const nic of nics) nic.state = 'found';
  return { ...world, pool: world.pool, nics };
}

it('a found NIC becomes warm, or is deleted when it cannot be renewed', async () => {
  const scene = createWorld();
  await fillPool(scene.engine, scene.pool, 1);
  const [nic] = scene.engine.nics.all();
  if (!nic) throw new Error('no NIC');
  const finishFound = async () => {
    scene.pool.drop(nic);
    nic.state = 'found';
    scene.vmSwitch.rows.clear();
    scene.neutron.subports.clear();
    await scene.vm.parentLinks.subports();
    return finishLeftovers(scene.engine, [nic]);
  };
  expect((await finishFound()).size).toBe(0);
  expect([scene.pool.warm, scene.books()]).toEqual([1, ONE]);
  scene.neutron.fail('trunks.addSubports', lost('not-sent'));
  expect((await finishFound()).get(nic)).toMatchObject({ code: 'E_API_UNREACHABLE' });
  expect([scene.pool.warm, scene.pool.making, scene.books()]).toEqual([0, 0, NOTHING]);
});

it('leftovers are finished or deleted together; a NIC that was claimed meanwhile is not touched', async () => {
  const scene = createWorld({ marks: { high: 6 } });
  await fillPool(scene.engine, scene.pool, 6);
  const [claimed, ...found] = scene.pool.shrink(6);
  for (const nic of found) nic.state = 'found';
  if (claimed) claimed.state = 'claimed';
  // Two are spent, and the pool has no room for one more.
  for (const nic of found.slice(0, 2)) nic.isSpent = true;
  await fillPool(scene.engine, scene.pool, 4);
  scene.neutron.calls.length = 0;
  await finishLeftovers(scene.engine, claimed ? [claimed, ...found] : found);
  expect([claimed?.state, scene.pool.warm, scene.books().ports]).toEqual(['claimed', 6, 7]);
  expect(scene.neutron.calls.filter((call) => call === 'trunks.removeSubports')).toHaveLength(1);
});

it('a NIC that is warm again can be used while others are still being deleted', async () => {
  const { nics, engine, pool, neutron } = await leftovers(2);
  const [good, bad] = nics;
  if (!good || !bad) throw new Error('no NICs');
  bad.isSpent = true;
  const removeCall = neutron.hold('trunks.removeSubports');
  const finishing = finishLeftovers(engine, nics);
  await removeCall.arrived;
  expect(pool.take()).toBe(good);
  const turn = engine.inTurn.run(good.id, async () => 'its turn');
  expect(await Promise.race([turn, delay(1000, 'still waiting')])).toBe('its turn');
  removeCall.open();
  await finishing;
});

it('a NIC that cannot be finished does not stop the others', async () => {
  const { nics, engine, pool, neutron, vm, books } = await leftovers(4);
  // Another program has removed the subports and bound one of the ports elsewhere.
  neutron.subports.clear();
  await vm.parentLinks.subports();
  const [bad] = nics;
  const id = bad?.port?.id ?? '';
  neutron.ports.set(id, { ...neutron.ports.get(id), 'binding:profile': { tag: 9 } } as Port);
  const failures = await finishLeftovers(engine, nics);
  expect([[...failures.keys()], pool.warm, books().ports]).toEqual([[bad], 3, 3]);
});

it('stops between two batches when the agent stops', async () => {
  const { nics, engine, pool } = await leftovers(8);
  const end = new AbortController();
  const put = vi.spyOn(pool, 'put').mockImplementationOnce(() => end.abort());
  await finishLeftovers(engine, nics, end.signal);
  expect(put).toHaveBeenCalledTimes(4);
  expect(nics.filter((nic) => nic.state === 'found')).toHaveLength(4);
});
