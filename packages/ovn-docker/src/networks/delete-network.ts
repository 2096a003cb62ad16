import { deleteIfPresent } from '../clients/neutron/delete-if-present.ts';
import type { Engine } from '../nics/engine.ts';
import { drainPool } from '../pools/drain-pool.ts';
import { type DockerNetwork, dockerNetworks, NETWORKS_IN_TURN } from './docker-networks.ts';

/**
 * Deletes the Neutron network behind a Docker network, if the agent created it, and then the record. A second
 * call changes nothing. Docker deletes its own network whatever the agent answers (moby libnetwork,
 * network.go: deleteNetwork only logs a driver's error). While Neutron is away the record stays, and the
 * reconciler deletes the Neutron network later.
 */
export async function deleteNetwork(engine: Engine, dockerId: string): Promise<void> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch } = await engine.vm();
    const dockerNetwork = dockerNetworks.all(vmSwitch).get(dockerId);
    if (!dockerNetwork) return;
    await drainPools(engine, dockerNetwork, dockerId);
    if (dockerNetwork.made) await deleteIfPresent(engine.neutron.networks, dockerNetwork.network);
    await dockerNetworks.remove(vmSwitch, dockerId);
  });
}

/**
 * Deletes a Neutron network that the agent created without recording it. Keeps the network if a record names
 * it by now.
 */
export async function deleteStrayNetwork(engine: Engine, networkId: string): Promise<void> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch } = await engine.vm();
    const isRecorded = [...dockerNetworks.all(vmSwitch).values()].some(
      ({ network }) => network === networkId,
    );
    if (!isRecorded) await deleteIfPresent(engine.neutron.networks, networkId);
  });
}

/**
 * Deletes the warm NICs on the network: Neutron refuses to delete a network that has ports. They stay when
 * another Docker network uses the same Neutron network.
 */
async function drainPools(engine: Engine, { network }: DockerNetwork, dockerId: string): Promise<void> {
  const { vmSwitch } = await engine.vm();
  const others = [...dockerNetworks.all(vmSwitch)].filter(([id]) => id !== dockerId);
  if (others.some(([, other]) => other.network === network)) return;
  for (const pool of engine.pools.onNetwork(network)) {
    engine.pools.remove(pool);
    await drainPool(engine, pool);
  }
}
