import type { AgentState } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';

/** Whatever was found out before the NIC's turn came may be past: who was quicker decides. */
export async function onNic(nic: Nic, state: AgentState, work: () => Promise<void>): Promise<void> {
  await state.perNic.run(nic.id, async () => {
    if (state.nics.get(nic.id) === nic) await work();
  });
}
