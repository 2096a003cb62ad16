import { findNetwork } from '../../clients/networks.ts';
import { explained } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { openCallersCloud, type Settings } from '../settings.ts';

/** `ovn-docker delete network NAME`: the network and its subnets; Neutron refuses while ports are on it. */
export async function deleteNetwork(
  settings: Settings,
  nameOrId: string,
  options: { ifExists?: boolean },
): Promise<void> {
  using cloud = await openCallersCloud(settings);
  try {
    const { network } = await findNetwork(cloud.neutron, nameOrId);
    await explained(cloud.neutron.networks.delete(network.id));
  } catch (error) {
    const missing = error instanceof OvnDockerError && error.code === 'E_NETWORK_UNKNOWN';
    if (!(missing && options.ifExists)) throw error;
  }
}
