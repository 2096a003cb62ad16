import type { Neutron, Subnet, SubnetPool } from '@ovn-docker/openstack';
import { findNetwork, isUuid, type NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { explained, isNotFound } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import { networkOption, subnetOption, subnetPoolOption } from './options.ts';

type Given = Readonly<Record<string, string>>;

/** The existing Neutron network that the options name, by itself or by one of its subnets; undefined when they name none. */
export async function namedNetwork(neutron: Neutron, given: Given): Promise<NetworkWithSubnets | undefined> {
  const network = networkOption(given);
  if (network) return findNetwork(neutron, network);
  const subnet = subnetOption(given, 4) ?? subnetOption(given, 6);
  return subnet
    ? findNetwork(neutron, (await findOne('subnet', neutron.subnets, subnet)).network_id)
    : undefined;
}

/**
 * The subnet of a network that gives the addresses: the one that is named for the IP version, else the one with the CIDR,
 * else the first of the version.
 */
export function fittingSubnet(
  { network, subnets }: NetworkWithSubnets,
  wanted: { given: Given; cidr?: string; version: 4 | 6 },
): Subnet {
  const { given, cidr, version } = wanted;
  const named = subnetOption(given, version);
  const fits = subnets.find((subnet) => {
    if (named && subnet.id !== named && subnet.name !== named) return false;
    if (cidr !== undefined && subnet.cidr !== cidr) return false;
    return subnet.ip_version === version;
  });
  if (fits) return fits;
  const have = subnets.map((subnet) => subnet.cidr).join(', ');
  const what = [named ?? `of IPv${version}`, ...(cidr === undefined ? [] : [`with ${cidr}`])].join(' ');
  throw new OvnDockerError(
    'E_NETWORK_NO_SUBNET',
    `network "${network.name || network.id}" has no subnet ${what}; it has ${have}`,
    { hint: 'give --subnet and the option of the network to both drivers: -o … --ipam-opt …' },
  );
}

/** The subnet pool that the options name for an IP version; undefined when they name none. */
export async function namedSubnetPool(
  neutron: Neutron,
  given: Given,
  version: 4 | 6,
): Promise<SubnetPool | undefined> {
  const named = subnetPoolOption(given, version);
  if (!named) return undefined;
  const pool = await findOne('subnet pool', neutron.subnetPools, named).catch((error: unknown) => {
    // Not the pool is missing, but the whole collection: an extension that this Neutron has not.
    if (!(error instanceof OvnDockerError) || !isNotFound(error.cause)) throw error;
    throw new OvnDockerError('E_NETWORK_OPTION', `this Neutron has no subnet pools, so none is "${named}"`, {
      hint: 'give --subnet instead',
    });
  });
  if (pool.ip_version === version) return pool;
  throw new OvnDockerError('E_NETWORK_OPTION', `subnet pool "${named}" is not one of IPv${version}`);
}

/** The one resource with that name or id. */
async function findOne<T extends { id: string }>(
  kind: string,
  collection: { all(query: { id: string } | { name: string }): Promise<T[]> },
  nameOrId: string,
): Promise<T> {
  const found = await explained(collection.all(isUuid(nameOrId) ? { id: nameOrId } : { name: nameOrId }));
  const [one] = found;
  if (one && found.length === 1) return one;
  if (!one) throw new OvnDockerError('E_NETWORK_UNKNOWN', `no ${kind} "${nameOrId}"`);
  const ids = found.map(({ id }) => id).join(', ');
  throw new OvnDockerError(
    'E_NETWORK_AMBIGUOUS',
    `${found.length} ${kind}s are called "${nameOrId}": ${ids}`,
  );
}
