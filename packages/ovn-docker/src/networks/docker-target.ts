import type { Neutron } from '@ovn-docker/openstack';
import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Target } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import type { DockerNetwork } from './docker-networks.ts';

/** The pool behind a Docker network. Neutron is asked only when the agent has not met the network yet. */
export async function poolOf(engine: Engine, network: DockerNetwork): Promise<NicPool> {
  const known = engine.pools.all().find(({ target }) => isTarget(target, network));
  if (known) return known;
  const [target] = await fetchTargets(engine.neutron, [network]);
  return engine.pools.of(target ?? (await missing(engine.neutron, network)));
}

/** What Neutron says of the networks behind Docker networks; those that are gone are left out. Two requests in all. */
export async function fetchTargets(
  neutron: Neutron,
  dockerNetworks: readonly DockerNetwork[],
): Promise<Target[]> {
  if (dockerNetworks.length === 0) return [];
  const id = [...new Set(dockerNetworks.map(({ network }) => network))];
  const [networks, subnets] = await Promise.all([
    explained(neutron.networks.all({ id })),
    explained(neutron.subnets.all({ network_id: id })),
  ]);
  return dockerNetworks.flatMap((docker) => {
    const network = networks.find((candidate) => candidate.id === docker.network);
    if (!network) return [];
    const ids = new Set(docker.subnets.map((subnet) => subnet.id));
    const { securityGroups } = docker;
    return [
      {
        network,
        subnets: subnets.filter((subnet) => ids.has(subnet.id)),
        ...(securityGroups ? { securityGroups } : {}),
      },
    ];
  });
}

function isTarget({ network, subnets, securityGroups }: Target, docker: DockerNetwork): boolean {
  return (
    network.id === docker.network &&
    sameIds(
      subnets.map(({ id }) => id),
      docker.subnets.map(({ id }) => id),
    ) &&
    sameIds(securityGroups ?? [], docker.securityGroups ?? [])
  );
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join();
}

/** Rejects with Neutron's own words on why there is no such network. */
async function missing(neutron: Neutron, { network }: DockerNetwork): Promise<Target> {
  return { network: await explained(neutron.networks.get(network)), subnets: [] };
}
