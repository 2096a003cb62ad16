import type { Engine } from '../nics/engine.ts';
import type { NicPool } from '../nics/pool.ts';
import { drainPool } from './drain-pool.ts';
import { fillPool } from './fill-pool.ts';

/** Fills pools in the background, each one at most once at a time. */
export class PoolKeeper {
  readonly #filling = new Map<NicPool, Promise<void>>();
  readonly #engine: () => Engine;

  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  /** Somebody took a NIC: fills the pool when that left it short. */
  wake(pool: NicPool): void {
    if (!pool.isShort || this.#filling.has(pool)) return;
    if (pool.pause && Date.now() < pool.pause.until) return;
    const state = this.#engine();
    const work = fillPool(state, pool)
      .then(
        (made) => state.log.debug({ network: pool.target.network.id, made }, 'pool filled'),
        (error: unknown) =>
          state.log.warn({ network: pool.target.network.id, err: error }, 'a pool could not be filled'),
      )
      .finally(() => this.#filling.delete(pool));
    this.#filling.set(pool, work);
  }

  /** What was not needed for its idle time goes: down to the low mark, or all of it where nothing uses the network. */
  async shrinkIdle(isUsed: (networkId: string) => boolean, now = Date.now()): Promise<void> {
    const state = this.#engine();
    for (const pool of state.pools.all()) {
      if (now - pool.lastUsed < pool.marks.idleMs) continue;
      const networkId = pool.target.network.id;
      const hasNics = state.nics
        .onNetwork(networkId)
        .some((nic) => nic.state === 'claimed' && state.pools.get(nic.target) === pool);
      const inUse = hasNics || isUsed(networkId);
      await drainPool(state, pool, inUse ? pool.marks.low : 0);
      // Unless somebody came meanwhile.
      const isIdle = now - pool.lastUsed >= pool.marks.idleMs && pool.warm + pool.making === 0;
      if (!inUse && isIdle && !this.#filling.has(pool)) state.pools.remove(pool);
    }
  }

  /** All that is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#filling.values());
  }
}
