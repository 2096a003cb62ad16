import { release } from '../attach/release.ts';
import type { AgentState } from '../nics/agent-state.ts';
import type { Nic } from '../nics/nic.ts';

/** How long a NIC may wait for its container or endpoint, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Takes back NICs that were asked for and never used: RequestAddress without CreateEndpoint, a client that died. */
export async function expireClaims(state: AgentState, now = Date.now()): Promise<void> {
  for (const nic of state.nics.all()) {
    if (isUsed(nic) || now - nic.since < PATIENCE_MS) continue;
    const vm = await state.vm();
    await state.perNic.run(nic.id, async () => {
      // Somebody may have come while others were taken back.
      if (isUsed(nic)) return;
      state.log.info({ nic: nic.id, port: nic.port?.id }, 'nobody came for this NIC: removing it');
      await release(nic, vm, state.nics, state.draining);
    });
  }
}

function isUsed({ endpointId, containerId }: Nic): boolean {
  return endpointId !== undefined || containerId !== undefined;
}
