import type { Neutron, Subnet } from '@ovn-docker/openstack';
import { findNetwork, type NetworkWithSubnets } from '../../clients/networks.ts';
import { explained } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';

/**
 * Options of `docker network create`, by `-o` for the network driver and by `--ipam-opt` for the IPAM driver; named as
 * kuryr-libnetwork names them, so that existing scripts go on working.
 */
export const optionNames = {
  networkId: 'neutron.net.uuid',
  networkName: 'neutron.net.name',
  subnetId: 'neutron.subnet.uuid',
} as const;

type Options = Readonly<Record<string, string>>;

/** The existing Neutron network that the options name, if they name one. */
export async function namedNetwork(
  neutron: Neutron,
  given: Options,
): Promise<NetworkWithSubnets | undefined> {
  const nameOrId = given[optionNames.networkId] ?? given[optionNames.networkName];
  if (nameOrId) return findNetwork(neutron, nameOrId);
  const subnetId = given[optionNames.subnetId];
  if (!subnetId) return undefined;
  const [subnet] = await explained(neutron.subnets.all({ id: subnetId }));
  if (!subnet) throw new OvnDockerError('E_NETWORK_UNKNOWN', `no subnet "${subnetId}"`);
  return findNetwork(neutron, subnet.network_id);
}

/** The subnet that fits: by its id, else by its CIDR, else the first of the IP version. */
export function fittingSubnet(
  { network, subnets }: NetworkWithSubnets,
  wanted: { id?: string | undefined; cidr?: string; version: 4 | 6 },
): Subnet {
  const { id, cidr, version } = wanted;
  const fits = subnets.find((subnet) =>
    id ? subnet.id === id : cidr ? subnet.cidr === cidr : subnet.ip_version === version,
  );
  if (fits) return fits;
  const have = subnets.map((subnet) => subnet.cidr).join(', ');
  const what = id ?? cidr ?? `IPv${version}`;
  throw new OvnDockerError(
    'E_NETWORK_NO_SUBNET',
    `network "${network.name}" has no subnet ${what}; it has ${have}`,
  );
}
