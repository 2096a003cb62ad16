import { expect, it } from 'vitest';
import { refusal } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { release, retryReleases } from './release.ts';

it('14. a proxy answers for a Neutron that is down: what waits is tried together, and not each for itself', async () => {
  const { pool, state, neutron, books } = createWorld({ marks: { high: 8, batch: 8 } });
  await fillPool(pool, state);
  neutron.away = refusal(503, '');
  await release(pool.shrink(8), state);
  const before = neutron.calls.length;
  await retryReleases(state);
  const asked = neutron.calls.length - before;
  expect(asked).toBeLessThan(4);
  neutron.away = undefined;
  await retryReleases(state);
  expect(books()).toEqual({ ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 });
});

it("a gateway's 404 on the way down frees no VLAN", async () => {
  const { pool, state, neutron, vm } = createWorld({ marks: { high: 1 } });
  await fillPool(pool, state);
  neutron.fail('ports.delete', refusal(404, ''));
  await release(pool.shrink(1), state);
  expect([state.draining.size, vm.vlans.used, neutron.ports.size]).toEqual([1, 1, 1]);
  await retryReleases(state);
  expect([state.draining.size, vm.vlans.used, neutron.ports.size]).toEqual([0, 0, 0]);
});
