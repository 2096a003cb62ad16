import type { AgentState } from '../nics/agent-state.ts';
import type { Nic } from '../nics/nic.ts';
import { attach } from './attach.ts';
import type { StageName } from './stages.ts';

/**
 * Brings a new NIC up to `until` and makes it known. When that fails it is rolled back and forgotten; what the rollback
 * could not take back (Neutron went away in the middle) is drained with the agent's own credential.
 */
export async function claim(nic: Nic, state: AgentState, until: StageName): Promise<Nic> {
  const vm = await state.vm();
  try {
    await attach(nic, vm, until);
  } catch (error) {
    if (nic.port || nic.vlan !== undefined) state.draining.add(lasting(nic, state));
    throw error;
  }
  const lastingNic = lasting(nic, state);
  state.nics.add(lastingNic);
  return lastingNic;
}

/** The caller's token may expire long before the container ends: from now on the agent's own credential serves. */
function lasting(nic: Nic, state: AgentState): Nic {
  return { ...nic, neutron: state.neutron };
}
