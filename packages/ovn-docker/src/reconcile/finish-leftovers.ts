import { attach } from '../attach/attach.ts';
import { release } from '../lifecycle/release.ts';
import { renew } from '../lifecycle/renew.ts';
import { noteClaim } from '../lifecycle/write-claim.ts';
import type { Engine } from '../nics/engine.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { intoPool } from '../pools/into-pool.ts';
import type { FoundClaim } from './finding.ts';

/** A NIC that a former agent made is somebody's, as Docker says. */
export async function keep(engine: Engine, nic: Nic, claim: FoundClaim): Promise<void> {
  if (nic.state !== 'found') return;
  const vm = await engine.vm();
  const addresses = nic.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
  nic.claim = { ...claim, since: Date.now(), promised: new Set('endpointId' in claim ? addresses : []) };
  nic.state = 'claimed';
  await attach([nic], vm, 'plug port', 'enter container');
  // A row that was there already does not say it.
  await noteClaim(nic, vm);
}

/** NICs that are given back together where no pool says how many. */
const BATCH = 50;

/**
 * NICs that a former agent made and that nobody has: what their pools have room for is finished for them, the others go. Batch by
 * batch: an agent that ends while it fills a pool leaves a whole one, and each NIC for itself takes a real Neutron seconds.
 * @param signal ends it between two batches
 * @returns those that could not be finished, and why; they go, too
 */
export async function settleLeftovers(
  engine: Engine,
  nics: readonly Nic[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<Nic, unknown>> {
  const failures = new Map<Nic, unknown>();
  const left = nics.filter((nic) => nic.state === 'found');
  const wanted = roomInPools(engine, left);
  for (const [pool, group] of wanted) {
    for (const batch of batches(group, pool.marks.batch)) {
      if (signal?.aborted) return failures;
      for (const [nic, why] of await finishFor(engine, pool, batch)) failures.set(nic, why);
    }
  }
  const kept = new Set([...wanted.values()].flat());
  const others = left.filter((nic) => !kept.has(nic));
  for (const batch of batches(others, BATCH)) {
    if (signal?.aborted) return failures;
    await letGo(engine, batch);
  }
  return failures;
}

async function finishFor(
  engine: Engine,
  pool: NicPool,
  batch: readonly Nic[],
): Promise<ReadonlyMap<Nic, unknown>> {
  const vm = await engine.vm();
  return inTheirTurn(engine, batch, async (nics) => {
    // Read once: it changes while Neutron is asked.
    const { room } = pool;
    const finished = intoPool(engine, nics.slice(0, room), pool, (some) => renew(some, vm));
    const full = nics.slice(room);
    if (full.length > 0) await release(engine, full);
    return finished;
  });
}

/** From the start nobody finds them any more; whoever waits for one of them need not wait until Neutron has done it. */
async function letGo(engine: Engine, batch: readonly Nic[]): Promise<void> {
  const begun = await inTheirTurn(engine, batch, async (nics) => ({ released: release(engine, nics) }));
  await begun.released;
}

/** Of each NIC the turn is waited for; of those that somebody was quicker with, nothing more is done. */
function inTheirTurn<T>(
  { inTurn, nics: known }: Engine,
  nics: readonly Nic[],
  work: (nics: readonly Nic[]) => Promise<T>,
): Promise<T> {
  const ids = nics.map(({ id }) => id);
  return inTurn.runAll(ids, () =>
    work(nics.filter((nic) => nic.state === 'found' && known.get(nic.id) === nic)),
  );
}

/** Those that can be used again, as many as each pool has room for. */
function roomInPools(engine: Engine, nics: readonly Nic[]): Map<NicPool, Nic[]> {
  const wanted = new Map<NicPool, Nic[]>();
  for (const nic of nics) {
    const pool = isPlain(nic) && !nic.isSpent ? engine.pools.get(nic.target) : undefined;
    if (!pool) continue;
    const group = wanted.get(pool) ?? [];
    if (group.length >= pool.room) continue;
    group.push(nic);
    wanted.set(pool, group);
  }
  return wanted;
}

function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
