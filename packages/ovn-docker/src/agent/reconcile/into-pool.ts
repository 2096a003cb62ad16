import { release } from '../../attach/release.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import type { Nic } from '../../nics/nic.ts';
import type { NicPool } from '../../nics/pool.ts';

/** Does what NICs lack, and puts them into their pool: until then nobody gets them. When it cannot be done, they go. */
export async function intoPool(
  nics: readonly Nic[],
  pool: NicPool,
  state: AgentState,
  work: () => Promise<void>,
): Promise<void> {
  for (const nic of nics) nic.state = 'making';
  await pool.putWhenMade(nics.length, async () => {
    try {
      await work();
      return nics;
    } catch (error) {
      await release(nics, state);
      throw error;
    }
  });
}
