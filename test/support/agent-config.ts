import { join } from 'node:path';
import { type Lab, type MachineName, reconfigureAgent, waitFor } from '@ovn-docker/lab';
import { UnixHttp } from './unix-http.ts';

/** A real Neutron needs about a second to delete a port, and a pool may be full. In milliseconds. */
const PATIENCE_MS = 240_000;

/**
 * Changes keys in the configuration of a VM's agent and restarts the agent. Returns the function that
 * restores the former configuration. Both wait until the new agent has dealt with the former agent's
 * leftovers, because the agent serves before that and tests count NICs.
 */
export async function configureAgent(
  lab: Lab,
  vm: MachineName,
  change: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  const socket = new UnixHttp(join(lab.machine(vm).places.run, 'ovn-docker', 'agent.sock'));
  const hasNoLeftovers = async () => {
    // The request fails on an agent that does not know its VM (a wrong vif-id, Neutron unreachable): it
    // removes nothing.
    const status = (await socket.get('/v1/status').catch(() => undefined)) as StatusView | undefined;
    return !status || (status.draining === 0 && status.nics.every(({ state }) => state !== 'found'));
  };
  const leftoversDone = () =>
    waitFor(`the agent of ${vm} to finish or remove leftovers`, hasNoLeftovers, PATIENCE_MS);
  const restore = await reconfigureAgent(lab.machine(vm), change);
  await leftoversDone();
  return async () => {
    await restore();
    await leftoversDone();
  };
}

interface StatusView {
  readonly nics: readonly { readonly state: string }[];
  readonly draining: number;
}
