import { release } from '../lifecycle/release.ts';
import { renew } from '../lifecycle/renew.ts';
import type { Engine } from '../nics/engine.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { intoPool } from '../pools/into-pool.ts';

/** The number of NICs that are deleted together. */
const BATCH = 50;

/**
 * Finishes unclaimed NICs of an earlier agent for their pools, as many as these have room for, and deletes
 * the others. Works in batches: an agent that dies while it fills a pool leaves a whole batch, and a real
 * Neutron takes seconds for each NIC alone.
 * @param signal stops the work between two batches
 * @returns the error of each NIC that could not be finished; such NICs are deleted
 */
export async function finishLeftovers(
  engine: Engine,
  nics: readonly Nic[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<Nic, unknown>> {
  const failures = new Map<Nic, unknown>();
  const left = nics.filter((nic) => nic.state === 'found');
  const byPool = sortIntoPools(engine, left);
  for (const [pool, group] of byPool) {
    for (const batch of batches(group, pool.marks.batch)) {
      if (signal?.aborted) return failures;
      for (const [nic, error] of await finishForPool(engine, pool, batch)) failures.set(nic, error);
    }
  }
  const kept = new Set([...byPool.values()].flat());
  const others = left.filter((nic) => !kept.has(nic));
  for (const batch of batches(others, BATCH)) {
    if (signal?.aborted) return failures;
    await releaseBatch(engine, batch);
  }
  return failures;
}

async function finishForPool(
  engine: Engine,
  pool: NicPool,
  batch: readonly Nic[],
): Promise<ReadonlyMap<Nic, unknown>> {
  const vm = await engine.vm();
  return inTheirTurn(engine, batch, async (nics) => {
    // Read once: it can change while Neutron is being asked.
    const { room } = pool;
    const finished = intoPool(engine, nics.slice(0, room), pool, (reusable) => renew(reusable, vm));
    const surplus = nics.slice(room);
    if (surplus.length > 0) await release(engine, surplus);
    return finished;
  });
}

/** Holds the NICs' queues until lookups stop returning the NICs, not until Neutron has deleted the ports. */
async function releaseBatch(engine: Engine, batch: readonly Nic[]): Promise<void> {
  const begun = await inTheirTurn(engine, batch, async (nics) => ({ released: release(engine, nics) }));
  await begun.released;
}

/** Runs `work` in the queues of all NICs, on those that are then still `found` and not removed. */
function inTheirTurn<T>(
  { inTurn, nics: registry }: Engine,
  nics: readonly Nic[],
  work: (nics: readonly Nic[]) => Promise<T>,
): Promise<T> {
  const ids = nics.map(({ id }) => id);
  return inTurn.runAll(ids, () =>
    work(nics.filter((nic) => nic.state === 'found' && registry.get(nic.id) === nic)),
  );
}

/** The reusable NICs, by pool, as many as each pool has room for. */
function sortIntoPools(engine: Engine, nics: readonly Nic[]): Map<NicPool, Nic[]> {
  const byPool = new Map<NicPool, Nic[]>();
  for (const nic of nics) {
    const pool = isPlain(nic) && !nic.isSpent ? engine.pools.get(nic.target) : undefined;
    if (!pool) continue;
    const group = byPool.get(pool) ?? [];
    if (group.length >= pool.room) continue;
    group.push(nic);
    byPool.set(pool, group);
  }
  return byPool;
}

function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
