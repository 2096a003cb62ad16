import { OvsdbTimeoutError } from '@ovn-docker/ovsdb';
import { isUnreachable } from '../clients/neutron/refusals.ts';
import { release } from '../lifecycle/release.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';

/**
 * Does what NICs lack, and puts them into their pool: until then nobody gets them. It is done for all together and, when that is refused
 * because of one of them, for each; those that cannot be helped go.
 * @returns why, for those
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
    failures = await tryTogether(nics, work);
    if (failures.size > 0) await release(engine, [...failures.keys()]);
    return nics.filter((nic) => !failures.has(nic));
  });
  return failures;
}

/** When nobody answers, asking for each only makes all of them wait longer. */
async function tryTogether(
  nics: readonly Nic[],
  work: (nics: readonly Nic[]) => Promise<void>,
): Promise<Map<Nic, unknown>> {
  try {
    await work(nics);
    return new Map();
  } catch (error) {
    if (nics.length === 1 || isAnswerless(error)) return new Map(nics.map((nic) => [nic, error]));
    const failures = new Map<Nic, unknown>();
    let last: unknown;
    for (const nic of nics) {
      const failed = isAnswerless(last) ? new Map([[nic, last]]) : await tryTogether([nic], work);
      for (const [one, why] of failed) failures.set(one, why);
      last = failed.get(nic);
    }
    return failures;
  }
}

/** Neither Neutron nor the VM's switch: what is asked next only waits as long. */
function isAnswerless(error: unknown): boolean {
  return isUnreachable(error) || (error instanceof Error && error.cause instanceof OvsdbTimeoutError);
}
