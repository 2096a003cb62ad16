import type { Network, Neutron, Subnet } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';
import { findOne } from './find-one.ts';
import { explained } from './refusals.ts';

/** A network and its subnets, which together decide a container's addresses. */
export interface NetworkWithSubnets {
  readonly network: Network;
  readonly subnets: Subnet[];
}

/**
 * The network with that name or id, among those that the project sees.
 * @throws OvnDockerError `E_NETWORK_UNKNOWN` (the message lists the networks), `E_NETWORK_AMBIGUOUS`,
 * `E_NETWORK_NO_SUBNET`
 */
export async function findNetwork(neutron: Neutron, nameOrId: string): Promise<NetworkWithSubnets> {
  const network = await findOne('network', neutron.networks, nameOrId, {
    unknown: () => unknownNetwork(neutron, nameOrId),
  });
  const subnets = await explained(neutron.subnets.all({ network_id: network.id }));
  if (subnets.length === 0) {
    throw new OvnDockerError('E_NETWORK_NO_SUBNET', `network "${network.name || network.id}" has no subnet`);
  }
  return { network, subnets };
}

/**
 * The networks with these ids and their subnets, by network id; networks that do not exist are left out.
 * Sends two requests in all, and none for no ids.
 */
export async function fetchNetworks(
  neutron: Neutron,
  ids: Iterable<string>,
): Promise<Map<string, NetworkWithSubnets>> {
  const id = [...new Set(ids)];
  if (id.length === 0) return new Map();
  const [networks, subnets] = await Promise.all([
    explained(neutron.networks.all({ id })),
    explained(neutron.subnets.all({ network_id: id })),
  ]);
  return new Map(
    networks.map((network) => {
      const own = subnets.filter(({ network_id }) => network_id === network.id);
      return [network.id, { network, subnets: own }];
    }),
  );
}

async function unknownNetwork(neutron: Neutron, nameOrId: string): Promise<OvnDockerError> {
  const all = await explained(neutron.networks.all());
  const names = all.map(({ name, id }) => name || id).sort();
  const list = names.length === 0 ? 'this project sees none' : `there are: ${names.join(', ')}`;
  return new OvnDockerError('E_NETWORK_UNKNOWN', `no network "${nameOrId}"; ${list}`);
}
