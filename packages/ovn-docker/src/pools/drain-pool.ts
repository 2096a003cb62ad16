import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import { type NicPool, poolKey } from '../nics/pool.ts';

/**
 * Deletes warm NICs until `to` are left, those first that have rested longest. With `to` 0, also waits for
 * NICs that are being made and deletes them, and ends the agent's own use of NICs of this target.
 * @returns the number of NICs deleted
 */
export async function drainPool(engine: Engine, pool: NicPool, to = 0): Promise<number> {
  let deleted = 0;
  if (to === 0) {
    for (const nic of engine.nics.onNetwork(pool.target.network.id))
      if (nic.claim?.leave && poolKey(nic.target) === pool.key) await nic.claim.leave();
    await pool.whenMade();
  }
  while (pool.warm > to) {
    const batch = pool.shrink(Math.min(pool.marks.batch, pool.warm - to));
    await release(engine, batch);
    deleted += batch.length;
  }
  return deleted;
}
