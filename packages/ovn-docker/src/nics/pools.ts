import type { PoolMarks } from '../config/agent-config.ts';
import type { Target } from './nic.ts';
import { NicPool, poolKey } from './pool.ts';

/** Returns the marks for a network, by its id and its name. */
export type MarksOf = (network: { id: string; name: string }) => PoolMarks;

/** One {@link NicPool} for each target that this VM's containers use. */
export class NicPools {
  readonly #byKey = new Map<string, NicPool>();
  readonly #marksOf: MarksOf;

  constructor(marksOf: MarksOf) {
    this.#marksOf = marksOf;
  }

  /** The target's pool, created if there is none. The pool takes over this description of its target. */
  of(target: Target): NicPool {
    const key = poolKey(target);
    const pool = this.#byKey.get(key) ?? new NicPool(target, this.#marksOf(target.network));
    pool.target = target;
    this.#byKey.set(key, pool);
    return pool;
  }

  get(target: Target): NicPool | undefined {
    return this.#byKey.get(poolKey(target));
  }

  onNetwork(networkId: string): NicPool[] {
    return this.all().filter(({ target }) => target.network.id === networkId);
  }

  /** Removes a pool: lookups do not return it any more, and it is not filled any more. */
  remove(pool: NicPool): void {
    pool.close();
    if (this.#byKey.get(pool.key) === pool) this.#byKey.delete(pool.key);
  }

  all(): NicPool[] {
    return [...this.#byKey.values()];
  }
}
