import { setTimeout as delay } from 'node:timers/promises';
import type { Port } from '@ovn-docker/openstack';
import { expect, it, vi } from 'vitest';
import { lost } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { finishLeftovers } from './finish-leftovers.ts';

const NOTHING = { ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 };
const ONE = { ports: 1, subports: 1, rows: 1, links: 1, vlans: 1, nics: 1 };

/** As many NICs as a former agent would have left. */
async function leftovers(count: number) {
  const world = createWorld();
  await fillPool(world.engine, world.pool, count);
  const nics = world.pool.shrink(count);
  for (const nic of nics) nic.state = 'found';
  return { ...world, pool: world.pool, nics };
}

it('a found NIC is warm, or goes when it cannot be renewed', async () => {
  const scene = createWorld();
  await fillPool(scene.engine, scene.pool, 1);
  const [nic] = scene.engine.nics.all();
  if (!nic) throw new Error('no NIC');
  const found = async () => {
    scene.pool.drop(nic);
    nic.state = 'found';
    scene.vmSwitch.rows.clear();
    scene.neutron.subports.clear();
    await scene.vm.parentLinks.subports();
    return finishLeftovers(scene.engine, [nic]);
  };
  expect((await found()).size).toBe(0);
  expect([scene.pool.warm, scene.books()]).toEqual([1, ONE]);
  scene.neutron.fail('trunks.addSubports', lost('not-sent'));
  expect((await found()).get(nic)).toMatchObject({ code: 'E_API_UNREACHABLE' });
  expect([scene.pool.warm, scene.pool.making, scene.books()]).toEqual([0, 0, NOTHING]);
});

it('leftovers are finished or removed together, those that somebody was quicker with not at all', async () => {
  const scene = createWorld({ marks: { high: 6 } });
  await fillPool(scene.engine, scene.pool, 6);
  const [claimed, ...left] = scene.pool.shrink(6);
  for (const nic of left) nic.state = 'found';
  if (claimed) claimed.state = 'claimed';
  // Two that are nobody's any more, and one that its pool has no room for by then.
  for (const nic of left.slice(0, 2)) nic.isSpent = true;
  await fillPool(scene.engine, scene.pool, 4);
  scene.neutron.calls.length = 0;
  await finishLeftovers(scene.engine, claimed ? [claimed, ...left] : left);
  expect([claimed?.state, scene.pool.warm, scene.books().ports]).toEqual(['claimed', 6, 7]);
  expect(scene.neutron.calls.filter((call) => call === 'trunks.removeSubports')).toHaveLength(1);
});

it('one that is warm again can be used while others are still on their way out', async () => {
  const { nics, engine, pool, neutron } = await leftovers(2);
  const [good, bad] = nics;
  if (!good || !bad) throw new Error('no NICs');
  bad.isSpent = true;
  const removal = neutron.hold('trunks.removeSubports');
  const settling = finishLeftovers(engine, nics);
  await removal.arrived;
  expect(pool.take()).toBe(good);
  const turn = engine.inTurn.run(good.id, async () => 'its turn');
  expect(await Promise.race([turn, delay(1000, 'still waiting')])).toBe('its turn');
  removal.open();
  await settling;
});

it('one that cannot be finished does not take the others along', async () => {
  const { nics, engine, pool, neutron, vm, books } = await leftovers(4);
  // Their subports are gone, and somebody has put one of the ports elsewhere.
  neutron.subports.clear();
  await vm.parentLinks.subports();
  const [bad] = nics;
  const id = bad?.port?.id ?? '';
  neutron.ports.set(id, { ...neutron.ports.get(id), 'binding:profile': { tag: 9 } } as Port);
  const failures = await finishLeftovers(engine, nics);
  expect([[...failures.keys()], pool.warm, books().ports]).toEqual([[bad], 3, 3]);
});

it('ends between two batches when the agent does', async () => {
  const { nics, engine, pool } = await leftovers(8);
  const end = new AbortController();
  const put = vi.spyOn(pool, 'put').mockImplementationOnce(() => end.abort());
  await finishLeftovers(engine, nics, end.signal);
  expect(put).toHaveBeenCalledTimes(4);
  expect(nics.filter((nic) => nic.state === 'found')).toHaveLength(4);
});
