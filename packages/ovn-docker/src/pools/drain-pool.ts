import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import type { NicPool } from '../nics/pool.ts';

/**
 * Takes warm NICs away until `to` are left, those first that have rested longest. Whoever wants all of them gone waits for those
 * that are being made, too.
 * @returns how many went
 */
export async function drainPool(engine: Engine, pool: NicPool, to = 0): Promise<number> {
  let gone = 0;
  if (to === 0) await pool.settled();
  while (pool.warm > to) {
    const batch = pool.shrink(Math.min(pool.marks.batch, pool.warm - to));
    await release(engine, batch);
    gone += batch.length;
  }
  return gone;
}
