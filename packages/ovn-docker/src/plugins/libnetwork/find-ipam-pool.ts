import { OvnDockerError } from '../../errors.ts';
import { type DockerNetwork, dockerNetworks } from '../../networks/docker-networks.ts';
import type { Engine } from '../../nics/engine.ts';
import { parseIpamPoolId } from './ipam-pool-id.ts';

/** The Docker network and the Neutron subnet of an IPAM pool. */
export interface IpamPoolPlace {
  readonly network: DockerNetwork;
  readonly subnetId: string;
}

/**
 * Finds the Docker network and the subnet of an IPAM pool. Several Docker networks may share a subnet; the
 * PoolID in a record tells them apart. A restored record lacks it, and a PoolID that contains a CIDR can be
 * in several records. Then this function guesses, and prefers a network with both IP versions. CreateEndpoint
 * names the network; if the guess was wrong, it moves the NIC.
 * @throws OvnDockerError `E_IPAM_DRIVER` when no Docker network of the driver uses it: the network has
 * another network driver
 */
export async function findIpamPool(engine: Engine, ipamPoolId: string): Promise<IpamPoolPlace> {
  const ipamPool = parseIpamPoolId(ipamPoolId);
  const { vmSwitch } = await engine.vm();
  const matching = [...dockerNetworks.all(vmSwitch).values()].flatMap((network) => {
    const subnet = network.subnets.find(({ id, cidr }) =>
      ipamPool.kind === 'subnet' ? id === ipamPool.subnetId : cidr === ipamPool.cidr,
    );
    return subnet ? [{ network, subnetId: subnet.id, isExact: subnet.pool === ipamPoolId }] : [];
  });
  const candidates = matching.toSorted((a, b) => b.network.subnets.length - a.network.subnets.length);
  const place = candidates.find(({ isExact }) => isExact) ?? candidates[0];
  if (place) return place;
  const message = `no Docker network of ovn-docker's network driver uses IPAM pool ${ipamPoolId}`;
  throw new OvnDockerError('E_IPAM_DRIVER', message, {
    hint: 'remove the Docker network, and create it with both drivers: `docker network create -d ovn --ipam-driver ovn …`',
  });
}
