import { acquire } from '../../src/lifecycle/acquire.ts';
import type { PluggedNic } from '../../src/nics/nic.ts';
import { fillPool } from '../../src/pools/fill-pool.ts';
import { createWorld, type World } from './world.ts';

/** A world whose pool has `count` warm NICs. Its record of calls to Neutron is empty. */
export async function createWarmWorld(count: number, high = 8): Promise<World> {
  const world = createWorld({ marks: { high } });
  await fillPool(world.engine, world.pool, count);
  world.neutron.calls.length = 0;
  return world;
}

/** Claims a NIC of the world's pool for a container with this label. */
export function claimOne({ engine, pool }: World, label = 'a'): Promise<PluggedNic> {
  return acquire(engine, { pool, wants: { name: '' }, claim: { label } });
}
