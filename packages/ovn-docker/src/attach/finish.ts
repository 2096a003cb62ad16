import type { AgentState } from '../nics/agent-state.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { isWhole } from './make-veth.ts';
import { noteClaim } from './note-claim.ts';
import { release } from './release.ts';
import { renew } from './renew.ts';

/**
 * Its container has no more use for a NIC: it becomes warm again when nothing special was asked of it and its pool has room,
 * else it is taken away.
 */
export async function finish(nic: Nic, state: AgentState): Promise<void> {
  if (nic.state !== 'claimed') return;
  const pool = isPlain(nic) ? state.pools.get(nic.target) : undefined;
  if (pool?.hasRoom) await recycle(nic, pool, state);
  else await release(nic, state);
}

async function recycle(nic: Nic, pool: NicPool, state: AgentState): Promise<void> {
  const vm = await state.vm();
  delete nic.claim;
  delete nic.place;
  nic.state = 'making';
  // An ordinary stop brings the interface back into the VM; Docker has done so before it gives the address back.
  if (isWhole(nic, vm)) {
    await noteClaim(nic, vm);
    pool.put(nic);
  } else {
    void rebuild(nic, pool, state);
  }
}

/** The namespace took the pair with it. Nobody waits for the new one. */
async function rebuild(nic: Nic, pool: NicPool, state: AgentState): Promise<void> {
  pool.making++;
  try {
    await state.perNic.run(nic.id, async () => renew(nic, await state.vm()));
    pool.put(nic);
  } catch (error) {
    state.log.warn({ nic: nic.id, err: error }, 'a NIC cannot be used again: removing it');
    await release(nic, state);
  } finally {
    pool.making--;
  }
}
