import { release } from '../attach/release.ts';
import type { AgentState } from '../nics/agent-state.ts';

/** How long a NIC may wait for its container or endpoint, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Takes back NICs that were asked for and never used: RequestAddress without CreateEndpoint, a client that died. */
export async function expireClaims(state: AgentState, now = Date.now()): Promise<void> {
  for (const nic of state.nics.all()) {
    const used = nic.endpointId !== undefined || nic.containerId !== undefined;
    if (used || now - nic.since < PATIENCE_MS) continue;
    state.log.info({ nic: nic.id, port: nic.port?.id }, 'nobody came for this NIC: removing it');
    const vm = await state.vm();
    await state.perNic.run(nic.id, () => release(nic, vm, state.nics, state.draining));
  }
}
