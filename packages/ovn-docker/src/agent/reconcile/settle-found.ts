import { attach } from '../../attach/attach.ts';
import { noteClaim } from '../../attach/note-claim.ts';
import { release } from '../../attach/release.ts';
import { renew } from '../../attach/renew.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import { isPlain, type Nic } from '../../nics/nic.ts';
import type { NicPool } from '../../nics/pool.ts';
import type { FoundClaim } from './finding.ts';
import { intoPool } from './into-pool.ts';

/** A NIC that a former agent made is somebody's, as Docker says. */
export async function keep(nic: Nic, claim: FoundClaim, state: AgentState): Promise<void> {
  if (nic.state !== 'found') return;
  const vm = await state.vm();
  const addresses = nic.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
  nic.claim = { ...claim, since: Date.now(), promised: new Set('endpointId' in claim ? addresses : []) };
  nic.state = 'claimed';
  await attach([nic], vm, 'plug port', 'enter container');
  // A row that was there already does not say it.
  await noteClaim(nic, vm);
}

/**
 * NICs that a former agent made and that nobody has: what their pools have room for is finished for them, the others go. All together:
 * an agent that ends while it fills a pool leaves a whole batch, and each for itself takes a real Neutron seconds.
 * @returns those that could not be finished, and why; they go, too
 */
export async function settleLeftovers(
  nics: readonly Nic[],
  state: AgentState,
): Promise<ReadonlyMap<Nic, unknown>> {
  const vm = await state.vm();
  const failures = new Map<Nic, unknown>();
  await state.perNic.runAll(
    nics.map(({ id }) => id),
    async () => {
      // Somebody may have been quicker.
      const left = nics.filter((nic) => nic.state === 'found' && state.nics.get(nic.id) === nic);
      const wanted = roomInPools(left, state);
      const kept = new Set([...wanted.values()].flat());
      const others = left.filter((nic) => !kept.has(nic));
      const finishing = [...wanted].map(async ([pool, group]) => {
        await intoPool(group, pool, state, () => renew(group, vm)).catch((error: unknown) => {
          for (const nic of group) failures.set(nic, error);
        });
      });
      await Promise.all([...finishing, ...(others.length > 0 ? [release(others, state)] : [])]);
    },
  );
  return failures;
}

/** Those that can be used again, as many as each pool has room for. */
function roomInPools(nics: readonly Nic[], state: AgentState): Map<NicPool, Nic[]> {
  const wanted = new Map<NicPool, Nic[]>();
  for (const nic of nics) {
    const pool = isPlain(nic) && !nic.isSpent ? state.pools.get(nic.target) : undefined;
    if (!pool) continue;
    const group = wanted.get(pool) ?? [];
    if (pool.room > group.length) wanted.set(pool, [...group, nic]);
  }
  return wanted;
}
