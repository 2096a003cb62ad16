import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { release, retryReleases } from './release.ts';

it('14. while a proxy answers 503 for Neutron, releases are retried together, not one by one', async () => {
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
  expect(books()).toEqual({ ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 });
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
