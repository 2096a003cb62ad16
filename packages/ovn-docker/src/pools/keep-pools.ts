import type { Engine } from '../nics/engine.ts';
import type { NicPool } from '../nics/pool.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { drainPool } from './drain-pool.ts';
import { fillPool } from './fill-pool.ts';

/** Fills pools in the background, each by one call at a time, and drains those that containers do not use. */
export class PoolKeeper {
  readonly #filling = new Set<NicPool>();
  readonly #engine: () => Engine;

  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  /** Fills the pool if it is below its low mark and not paused. */
  wake(pool: NicPool): void {
    if (!pool.isShort || this.#filling.has(pool)) return;
    if (pool.pause && steadyNow() < pool.pause.until) return;
    const engine = this.#engine();
    const network = pool.target.network.id;
    this.#filling.add(pool);
    void fillPool(engine, pool)
      .then(
        (made) => engine.log.debug({ network, made }, 'pool filled'),
        (error: unknown) => engine.log.warn({ network, err: error }, 'a pool could not be filled'),
      )
      .finally(() => this.#filling.delete(pool));
  }

  /** Drains pools that are idle: to their low mark, or completely when nothing uses the network. */
  async shrinkIdle(isUsed: (networkId: string) => boolean): Promise<void> {
    const now = steadyNow();
    const engine = this.#engine();
    for (const pool of engine.pools.all()) {
      if (now - pool.lastUsed < pool.marks.idleMs) continue;
      const networkId = pool.target.network.id;
      const isClaimedFrom = engine.nics
        .onNetwork(networkId)
        .some((nic) => nic.state === 'claimed' && engine.pools.get(nic.target) === pool);
      const inUse = isClaimedFrom || isUsed(networkId);
      await drainPool(engine, pool, inUse ? pool.marks.low : 0);
      // A container may have asked for a NIC meanwhile.
      const isIdle = now - pool.lastUsed >= pool.marks.idleMs && pool.warm + pool.making === 0;
      if (!inUse && isIdle && !this.#filling.has(pool)) engine.pools.remove(pool);
    }
  }
}
