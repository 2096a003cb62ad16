import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lost, refusal } from '../../test/support/fake-neutron.ts';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { booksOf, createWorld } from '../../test/support/world.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { release, retryReleases } from './release.ts';

it('scenario 14: while a proxy answers 503 for Neutron, releases are retried together, not one by one', async () => {
  const { pool, engine, neutron, books } = createWorld({ marks: { high: 8, batch: 8 } });
  await fillPool(engine, pool);
  neutron.away = refusal(503, '');
  await release(engine, pool.shrink(8));
  const before = neutron.calls.length;
  await retryReleases(engine);
  const retries = neutron.calls.length - before;
  expect(retries).toBeLessThan(4);
  neutron.away = undefined;
  await retryReleases(engine);
  expect(books()).toEqual(booksOf(0));
});

it("a gateway's 404 to DELETE frees no VLAN", async () => {
  const { pool, engine, neutron, vm } = createWorld({ marks: { high: 1 } });
  await fillPool(engine, pool);
  neutron.fail('ports.delete', refusal(404, ''));
  await release(engine, pool.shrink(1));
  expect([engine.draining.size, vm.vlans.used, neutron.ports.size]).toEqual([1, 1, 1]);
  await retryReleases(engine);
  expect([engine.draining.size, vm.vlans.used, neutron.ports.size]).toEqual([0, 0, 0]);
});

it('scenario 4: a VLAN stays used until Neutron has confirmed that its port is deleted', async () => {
  const world = await createWarmWorld(2);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  world.neutron.away = lost('not-sent');
  await release(world.engine, nics);
  expect(world.books()).toMatchObject({ rows: 0, links: 0, vlans: 2 });
  const before = world.neutron.calls.length;
  await retryReleases(world.engine);
  // One request is enough to see that Neutron does not answer.
  expect(world.neutron.calls.length - before).toBe(1);
  world.neutron.away = undefined;
  await retryReleases(world.engine);
  expect(world.books()).toEqual(booksOf(0));
});

it('a NIC that cannot be deleted does not block the others', async () => {
  const world = await createWarmWorld(2);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  const { client } = world.neutron;
  const stuck = nics[0]?.port?.id;
  Object.assign(nics[0] ?? {}, {
    neutron: {
      ...client,
      ports: { ...client.ports, delete: () => Promise.reject(new Error(`stuck ${stuck}`)) },
    },
  });
  await release(world.engine, nics);
  await retryReleases(world.engine);
  expect([...world.neutron.ports.keys(), world.engine.draining.size, world.vm.vlans.used]).toEqual([
    stuck,
    1,
    1,
  ]);
});

it('a release in progress is not started a second time', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  const call = world.neutron.hold('ports.delete');
  const releasing = release(world.engine, nic);
  await call.arrived;
  const before = world.neutron.calls.length;
  await retryReleases(world.engine);
  await setImmediate();
  expect(world.neutron.calls.length).toBe(before);
  call.open();
  await releasing;
  expect(world.books()).toEqual(booksOf(0));
});
