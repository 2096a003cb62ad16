import type { Neutron, Subnet, SubnetPool } from '@ovn-docker/openstack';
import { findOne } from '../clients/neutron/find-one.ts';
import { findNetwork, type NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { isNotFound } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import { type NetworkOptions, networkOption, subnetOption, subnetPoolOption } from './options.ts';

/**
 * Finds the existing Neutron network that the options name, directly or by one of its subnets. Returns
 * undefined when they name none.
 */
export async function namedNetwork(
  neutron: Neutron,
  options: NetworkOptions,
): Promise<NetworkWithSubnets | undefined> {
  const network = networkOption(options);
  if (network) return findNetwork(neutron, network);
  const subnet = subnetOption(options, 4) ?? subnetOption(options, 6);
  return subnet
    ? findNetwork(neutron, (await findOne('subnet', neutron.subnets, subnet)).network_id)
    : undefined;
}

/**
 * Chooses the subnet of a network that fits: the one that the options name for the IP version, with the
 * requested CIDR if there is one. If several fit, the first.
 * @throws OvnDockerError `E_NETWORK_NO_SUBNET`
 */
export function fittingSubnet(
  { network, subnets }: NetworkWithSubnets,
  request: { options: NetworkOptions; cidr?: string | undefined; version: 4 | 6 },
): Subnet {
  const { options, cidr, version } = request;
  const named = subnetOption(options, version);
  const fitting = subnets.find((subnet) => {
    if (named && subnet.id !== named && subnet.name !== named) return false;
    if (cidr !== undefined && subnet.cidr !== cidr) return false;
    return subnet.ip_version === version;
  });
  if (fitting) return fitting;
  const existing = subnets.map((subnet) => subnet.cidr).join(', ');
  const missing = [named ?? `of IPv${version}`, ...(cidr === undefined ? [] : [`with ${cidr}`])].join(' ');
  throw new OvnDockerError(
    'E_NETWORK_NO_SUBNET',
    `network "${network.name || network.id}" has no subnet ${missing}; its subnets: ${existing}`,
    { hint: 'use --subnet, and pass the option that names the network to both drivers: -o … --ipam-opt …' },
  );
}

/**
 * Finds the subnet pool that the options name for an IP version. Returns undefined when they name none.
 * @throws OvnDockerError `E_NETWORK_UNKNOWN`, `E_NETWORK_AMBIGUOUS`, or `E_NETWORK_OPTION` when this Neutron
 * has no subnet pools or when the subnet pool is of the other IP version
 */
export async function namedSubnetPool(
  neutron: Neutron,
  options: NetworkOptions,
  version: 4 | 6,
): Promise<SubnetPool | undefined> {
  const name = subnetPoolOption(options, version);
  if (!name) return undefined;
  const subnetPool = await findOne('subnet pool', neutron.subnetPools, name).catch((error: unknown) => {
    // A 404 to a list request: this Neutron lacks the extension.
    if (!(error instanceof OvnDockerError) || !isNotFound(error.cause)) throw error;
    throw new OvnDockerError(
      'E_NETWORK_OPTION',
      `this Neutron has no subnet pools, so there is no "${name}"`,
      {
        hint: 'use --subnet instead',
      },
    );
  });
  if (subnetPool.ip_version === version) return subnetPool;
  throw new OvnDockerError('E_NETWORK_OPTION', `subnet pool "${name}" is not an IPv${version} subnet pool`);
}
