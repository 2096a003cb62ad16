import type { Neutron } from '@ovn-docker/openstack';
import { fetchNetworks, type NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Target } from '../nics/nic.ts';
import { haveSame } from '../nics/plain-port.ts';
import type { NicPool } from '../nics/pool.ts';
import type { DockerNetwork } from './docker-networks.ts';

/**
 * Returns the NIC pool of a Docker network. The agent asks Neutron only when it does not have the pool yet.
 */
export async function poolOf(engine: Engine, network: DockerNetwork): Promise<NicPool> {
  const known = engine.pools.all().find(({ target }) => isTarget(target, network));
  if (known) return known;
  const [target] = await fetchTargets(engine.neutron, [network]);
  return engine.pools.of(target ?? (await fetchBareTarget(engine.neutron, network)));
}

/**
 * Fetches the targets of Docker networks from Neutron in two requests. Docker networks whose Neutron network
 * does not exist any more are left out.
 */
export async function fetchTargets(
  neutron: Neutron,
  dockerNetworks: readonly DockerNetwork[],
): Promise<Target[]> {
  const byId = await fetchNetworks(
    neutron,
    dockerNetworks.map(({ network }) => network),
  );
  return targetsOf(dockerNetworks, byId);
}

/** The targets of Docker networks, from the networks with their subnets by id. */
export function targetsOf(
  dockerNetworks: readonly DockerNetwork[],
  byId: ReadonlyMap<string, NetworkWithSubnets>,
): Target[] {
  return dockerNetworks.flatMap((docker) => {
    const fetched = byId.get(docker.network);
    if (!fetched) return [];
    const ids = new Set(docker.subnets.map(({ id }) => id));
    const { securityGroups } = docker;
    return [
      {
        network: fetched.network,
        subnets: fetched.subnets.filter(({ id }) => ids.has(id)),
        ...(securityGroups ? { securityGroups } : {}),
      },
    ];
  });
}

function isTarget({ network, subnets, securityGroups }: Target, docker: DockerNetwork): boolean {
  return (
    network.id === docker.network &&
    haveSame(
      subnets.map(({ id }) => id),
      docker.subnets.map(({ id }) => id),
    ) &&
    haveSame(securityGroups ?? [], docker.securityGroups ?? [])
  );
}

/** Fetches a network that the list request did not return, in order to reject with Neutron's reason. */
async function fetchBareTarget(neutron: Neutron, { network }: DockerNetwork): Promise<Target> {
  return { network: await explained(neutron.networks.get(network)), subnets: [] };
}
