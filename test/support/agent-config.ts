import { join } from 'node:path';
import { type Lab, type MachineName, reconfigureAgent, waitFor } from '@ovn-docker/lab';
import { UnixHttp } from './unix-http.ts';

/** A real Neutron takes about a second to remove a port, and a pool may have been full. In milliseconds. */
const PATIENCE_MS = 240_000;

/**
 * Sets keys of the configuration of a VM's agent and starts it again. Returns what puts the former one back. Both wait until what the
 * former agent has left is gone: the next one serves before, and tests count what there is.
 */
export async function configureAgent(
  lab: Lab,
  vm: MachineName,
  change: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  const socket = new UnixHttp(join(lab.machine(vm).places.run, 'ovn-docker', 'agent.sock'));
  const isSettled = async () => {
    // One that does not know its VM (another's vif-id, Neutron away) removes nothing.
    const status = (await socket.get('/v1/status').catch(() => undefined)) as StatusView | undefined;
    return !status || (status.draining === 0 && status.nics.every(({ state }) => state !== 'found'));
  };
  const settled = () => waitFor(`the agent of ${vm} to be through with leftovers`, isSettled, PATIENCE_MS);
  const restore = await reconfigureAgent(lab.machine(vm), change);
  await settled();
  return async () => {
    await restore();
    await settled();
  };
}

interface StatusView {
  readonly nics: readonly { readonly state: string }[];
  readonly draining: number;
}
