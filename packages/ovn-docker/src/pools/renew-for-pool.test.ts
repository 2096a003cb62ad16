import { expect, it } from 'vitest';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { booksOf, restart, type World } from '../../test/support/world.ts';
import { fillPool } from './fill-pool.ts';

/** A VM with a pool of `count` warm NICs is rebooted: all veth pairs are gone. */
async function reboot(world: World, marks = {}): Promise<World> {
  world.links.byName.clear();
  world.neutron.calls.length = 0;
  return restart(world, { marks: { low: 2, high: 8, ...marks } });
}
const isMaking = (name: string) => name.startsWith('ports.create');

it('scenario 33: a reboot makes the pairs of warm NICs again, and the pool is not filled with new ones meanwhile', async () => {
  const next = await reboot(await createWarmWorld(8));
  expect([next.pool.making, next.pool.warm, next.pool.isShort]).toEqual([8, 0, false]);
  expect(await fillPool(next.engine, next.pool)).toBe(0);
  await next.pool.whenMade();
  expect([next.pool.warm, next.books()]).toEqual([8, booksOf(8)]);
  expect(next.neutron.calls.filter(isMaking)).toEqual([]);
});

it('scenario 33: containers of the boot wait for these NICs, not for Neutron', async () => {
  const next = await reboot(await createWarmWorld(8));
  const nics = await Promise.all(['a', 'b', 'c'].map((label) => claimOne(next, label)));
  expect(new Set(nics.map(({ id }) => id)).size).toBe(3);
  expect(next.neutron.calls.filter(isMaking)).toEqual([]);
  await next.pool.whenMade();
  expect([next.pool.warm, next.books()]).toEqual([5, booksOf(8)]);
});

it('scenario 33: a smaller high mark: the pool keeps as many as it has room for; the reconciler deletes the others', async () => {
  const next = await reboot(await createWarmWorld(8), { high: 3 });
  await next.pool.whenMade();
  const states = next.engine.nics.all().map(({ state }) => state);
  expect([next.pool.warm, states.filter((state) => state === 'found').length]).toEqual([3, 5]);
});

it('scenario 33: a NIC whose pair cannot be made is deleted, and the others become warm', async () => {
  const world = await createWarmWorld(4, 4);
  const [broken] = world.engine.nics.all();
  const createVeth = world.links.createVeth.bind(world.links);
  world.links.createVeth = (spec) => {
    if (spec.name === `ovn-${broken?.vlan}`) throw new Error('the kernel refuses');
    createVeth(spec);
  };
  const next = await reboot(world, { high: 4 });
  await next.pool.whenMade();
  expect([next.pool.warm, next.engine.nics.get(broken?.id ?? '')]).toEqual([3, undefined]);
});

it('scenario 33: the agent is killed while it makes the pairs again: the next one goes on, and the pool is not filled meanwhile', async () => {
  const world = await createWarmWorld(4, 4);
  for (const [index, link] of [...world.links.byName.values()].entries())
    if (link.alias)
      Object.assign(
        link,
        { alias: link.alias.replace('ovn-docker ', 'ovn-docker-new ') },
        index < 4 && { up: false },
      );
  const next = await restart(world, { marks: { low: 2, high: 4 } });
  expect([next.pool.making, next.pool.isShort]).toEqual([4, false]);
  await next.pool.whenMade();
  expect([next.pool.warm, next.books()]).toEqual([4, booksOf(4)]);
});
