import type { AgentState } from '../nics/agent-state.ts';
import type { Nic } from '../nics/nic.ts';
import { detach } from './detach.ts';

/**
 * Takes NICs away for good, all in one batch. What is in this VM goes first; what cannot be done at the moment is kept in the
 * list and tried again by {@link retryReleases}, so that a container's end never waits for an API that is away. From the
 * start nobody finds the NICs any more: Neutron may give an address to the next one before all of it is gone.
 */
export async function release(nics: Nic | readonly Nic[], state: AgentState): Promise<void> {
  const all = 'id' in nics ? [nics] : nics;
  for (const nic of all) {
    nic.state = 'draining';
    delete nic.claim;
    state.nics.remove(nic);
    state.draining.add(nic);
  }
  await drain(all, state);
}

/** Tries again what {@link release} could not finish. */
export async function retryReleases(state: AgentState): Promise<void> {
  for (const nic of [...state.draining]) await drain([nic], state);
}

async function drain(nics: readonly Nic[], state: AgentState): Promise<void> {
  const vm = await state.vm();
  try {
    await detach(nics, vm);
    for (const nic of nics) state.draining.delete(nic);
  } catch (error) {
    state.log.warn(
      { nics: nics.map(({ id }) => id), err: error },
      'release is not complete; it will be tried again',
    );
  }
}
