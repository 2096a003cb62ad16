import { heal } from '../lifecycle/heal.ts';
import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { tryTogether } from './into-pool.ts';

/** Few, so that the first containers of a boot do not wait for the whole pool. */
const BATCH = 16;

/**
 * Completes NICs of an earlier agent that lack their veth pair or a part of it, as many as the pool has room
 * for: a reboot deletes the pairs of all warm NICs. From this call on the pool counts them, so that it is not
 * filled with new NICs beside them, and containers wait for one of these NICs instead of having another one
 * made. Needs no answer from Neutron.
 * @param nics NICs that surely no container has
 */
export function renewForPool(engine: Engine, pool: NicPool, nics: readonly Nic[]): void {
  const kept = nics.slice(0, pool.room);
  let before: Promise<unknown> = Promise.resolve();
  for (let start = 0; start < kept.length; start += BATCH) {
    const batch = kept.slice(start, start + BATCH);
    for (const nic of batch) nic.state = 'making';
    const failures = before.then(() => renewBatch(engine, batch));
    before = failures;
    for (const nic of batch) {
      void pool.putWhenReturned(
        nic,
        async () => !(await failures).has(nic),
        () => release(engine, nic),
      );
    }
  }
}

async function renewBatch(engine: Engine, batch: readonly Nic[]): Promise<ReadonlyMap<Nic, unknown>> {
  const vm = await engine.vm();
  const ids = batch.map(({ id }) => id);
  const failures = await engine.inTurn.runAll(ids, () => tryTogether(batch, (nics) => heal(nics, vm)));
  for (const [nic, error] of failures)
    engine.log.warn({ nic: nic.id, err: error }, 'a warm NIC cannot be made again: deleting it');
  if (failures.size < batch.length)
    engine.log.info({ nics: batch.length - failures.size }, 'made the veth pairs of warm NICs again');
  return failures;
}
