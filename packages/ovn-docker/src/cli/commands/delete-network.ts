import { AgentClient } from '../../api/client.ts';
import { findNetwork } from '../../clients/neutron/networks.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { openCallersCloud, type Settings } from '../settings.ts';

/**
 * `ovn-docker delete network NAME`: the network and its subnets; Neutron refuses while ports are on it. Warm NICs of this
 * VM are nobody's: they are taken away first. Those of other VMs are theirs to drain, and the refusal's hint says so.
 */
export async function deleteNetwork(
  settings: Settings,
  nameOrId: string,
  options: { ifExists?: boolean },
): Promise<void> {
  using cloud = await openCallersCloud(settings);
  try {
    const { network } = await findNetwork(cloud.neutron, nameOrId);
    const remove = () => explained(cloud.neutron.networks.delete(network.id));
    await remove().catch(async (error: unknown) => {
      if (!isCode(error, 'E_NETWORK_IN_USE') || !(await drainWarm(settings, network.id))) throw error;
      await remove();
    });
  } catch (error) {
    if (!(isCode(error, 'E_NETWORK_UNKNOWN') && options.ifExists)) throw error;
  }
}

/** Whether there were warm NICs in this VM, which are gone now. Without an agent, or without root, there are none to take. */
async function drainWarm(settings: Settings, networkId: string): Promise<boolean> {
  await using agent = new AgentClient(settings.config.socket);
  try {
    const pools = (await agent.pools()).filter((pool) => pool.networkId === networkId);
    if (!pools.some(({ warm, making }) => warm + making > 0)) return false;
    await agent.drainPool(networkId);
    return true;
  } catch (error) {
    if (isCode(error, 'E_AGENT_NOT_RUNNING') || isCode(error, 'E_NOT_ROOT')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: OvnDockerError['code']): boolean {
  return error instanceof OvnDockerError && error.code === code;
}
