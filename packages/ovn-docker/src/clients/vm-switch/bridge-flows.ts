import { join } from 'node:path';
import { connect, isOpenFlowError, type OpenFlow } from '@ovn-docker/openflow';
import { OvnDockerError } from '../../errors.ts';
import { runDirectory } from './run-directory.ts';

/**
 * Connects to the flow tables of a bridge.
 * @param socket path of the bridge's management socket ({@link managementSocket})
 * @throws OvnDockerError `E_GUARD`
 */
export async function openFlows(socket: string): Promise<OpenFlow> {
  return await explainFlows(() => connect({ path: socket }));
}

/**
 * The path of a bridge's management socket (ovs-vswitchd(8)).
 * @param remote the remote of the Open_vSwitch database, such as `unix:/run/openvswitch/db.sock`
 */
export function managementSocket(remote: string, bridge: string): string {
  return join(runDirectory(remote), `${bridge}.mgmt`);
}

/** Runs `work`; throws errors of OpenFlow as `E_GUARD`, with the hint of the error. */
export async function explainFlows<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOpenFlowError(error)) throw error;
    throw new OvnDockerError('E_GUARD', error.message, { hint: error.hint, cause: error });
  }
}
