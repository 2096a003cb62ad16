import type { Engine } from '../nics/engine.ts';
import { NETWORKS_IN_TURN } from '../plugins/libnetwork/create-network.ts';
import type { Requests } from '../plugins/libnetwork/wire.ts';
import { drainPool } from '../pools/drain-pool.ts';
import { type DockerNetwork, dockerNetworks } from './docker-networks.ts';
import { removeNetwork } from './network-marks.ts';

/**
 * Removes what CreateNetwork made, and the note. A network that was there before stays. Done twice, it is done once. Docker's network
 * is gone whatever we answer (moby libnetwork, network.go, deleteNetwork: a driver's error is only logged); when Neutron is away
 * the note stays, and by it the reconciler does the rest.
 */
export async function deleteNetwork(
  engine: Engine,
  { NetworkID }: Requests['DeleteNetwork'],
): Promise<Record<string, never>> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch } = await engine.vm();
    const known = dockerNetworks.all(vmSwitch).get(NetworkID);
    if (!known) return;
    await emptyPools(engine, known, NetworkID);
    if (known.made) await removeNetwork(engine.neutron, known.network);
    await dockerNetworks.remove(vmSwitch, NetworkID);
  });
  return {};
}

/** Removes a Neutron network that CreateNetwork made and did not come to note; one that is noted meanwhile stays. */
export async function deleteStrayNetwork(engine: Engine, networkId: string): Promise<void> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch } = await engine.vm();
    const noted = [...dockerNetworks.all(vmSwitch).values()].some(({ network }) => network === networkId);
    if (!noted) await removeNetwork(engine.neutron, networkId);
  });
}

/** Warm NICs would keep the network from being deleted; those that other Docker networks need stay. */
async function emptyPools(engine: Engine, network: DockerNetwork, dockerId: string): Promise<void> {
  const { vmSwitch } = await engine.vm();
  const others = [...dockerNetworks.all(vmSwitch)].filter(([id]) => id !== dockerId);
  if (others.some(([, { network: id }]) => id === network.network)) return;
  for (const pool of engine.pools.onNetwork(network.network)) {
    engine.pools.remove(pool);
    await drainPool(engine, pool);
  }
}
