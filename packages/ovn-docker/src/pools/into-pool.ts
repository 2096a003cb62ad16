import { OvsdbTimeoutError } from '@ovn-docker/ovsdb';
import { isUnreachable } from '../clients/neutron/refusals.ts';
import { heal } from '../lifecycle/heal.ts';
import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';

/**
 * Runs `work` on NICs and then adds them to their pool, if they are healthy; until then no container gets
 * them. `work` runs for all NICs together and, if that fails, for each NIC alone. NICs for which `work` fails
 * are deleted.
 * @returns the error of each deleted NIC
 */
export async function intoPool(
  engine: Engine,
  nics: readonly Nic[],
  pool: NicPool,
  work: (nics: readonly Nic[]) => Promise<void>,
): Promise<ReadonlyMap<Nic, unknown>> {
  for (const nic of nics) nic.state = 'making';
  let failures: ReadonlyMap<Nic, unknown> = new Map();
  await pool.putWhenMade(nics.length, async () => {
    const vm = await engine.vm();
    failures = await tryTogether(nics, async (some) => {
      await work(some);
      await heal(some, vm);
    });
    if (failures.size > 0) await release(engine, [...failures.keys()]);
    return nics.filter((nic) => !failures.has(nic));
  });
  return failures;
}

/**
 * Returns the error of each failed NIC. If Neutron or the VM's switch does not answer, all remaining NICs
 * fail at once with the same error.
 */
export async function tryTogether(
  nics: readonly Nic[],
  work: (nics: readonly Nic[]) => Promise<void>,
): Promise<Map<Nic, unknown>> {
  try {
    await work(nics);
    return new Map();
  } catch (error) {
    if (nics.length === 1 || isUnanswered(error)) return new Map(nics.map((nic) => [nic, error]));
    const failures = new Map<Nic, unknown>();
    let last: unknown;
    for (const nic of nics) {
      const failed = isUnanswered(last) ? new Map([[nic, last]]) : await tryTogether([nic], work);
      for (const [failedNic, failure] of failed) failures.set(failedNic, failure);
      last = failed.get(nic);
    }
    return failures;
  }
}

function isUnanswered(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof Error && error.cause instanceof OvsdbTimeoutError);
}
