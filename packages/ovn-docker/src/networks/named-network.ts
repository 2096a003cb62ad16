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
    ? findNetwork(
        neutron,
        (await findOne('subnet', neutron.subnets, subnet, subnetErrors('subnet', subnet))).network_id,
      )
    : undefined;
}

/** The errors about a subnet or subnet pool that the user names. */
function subnetErrors(kind: string, name: string) {
  const error = (message: string) => new OvnDockerError('E_SUBNET_UNKNOWN', message);
  return {
    unknown: () => error(`this project sees no ${kind} "${name}"`),
    ambiguous: (found: readonly { id: string }[]) =>
      error(`${found.length} ${kind}s are called "${name}": ${found.map(({ id }) => id).join(', ')}`),
  };
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
  const existing = subnets.map((subnet) => `${subnet.name || subnet.id} (${subnet.cidr})`).join(', ');
  const missing = [
    named === undefined ? `of IPv${version}` : `"${named}" of IPv${version}`,
    ...(cidr === undefined ? [] : [`with ${cidr}`]),
  ].join(' ');
  throw new OvnDockerError(
    'E_NETWORK_NO_SUBNET',
    `network "${network.name || network.id}" has no subnet ${missing}; its subnets: ${existing}`,
    { hint: missingSubnetHint(subnets, request) },
  );
}

/** What helps depends on what is missing: the IP version, the named subnet, or the CIDR. */
function missingSubnetHint(
  subnets: readonly Subnet[],
  { options, version }: { options: NetworkOptions; version: 4 | 6 },
): string {
  if (!subnets.some((subnet) => subnet.ip_version === version)) {
    return version === 6
      ? 'leave --ipv6 out, or add an IPv6 subnet to the network: `openstack subnet create --ip-version 6 …`'
      : 'Docker requests IPv4 addresses unless you add --ipv4=false --ipv6, which Docker 28 and later accept; with an older one use `ovn-docker --network=NETWORK run --net=none …`, or add an IPv4 subnet to the network';
  }
  if (subnetOption(options, version) !== undefined) {
    return 'name one of these subnets, with its own --subnet CIDR or none';
  }
  return 'use --subnet with one of these, or pass the option that names the network to both drivers, so that Docker learns its subnet: -o … --ipam-opt …';
}

/**
 * Finds the subnet pool that the options name for an IP version. Returns undefined when they name none.
 * @throws OvnDockerError `E_SUBNET_UNKNOWN`, or `E_NETWORK_OPTION` when this Neutron
 * has no subnet pools or when the subnet pool is of the other IP version
 */
export async function namedSubnetPool(
  neutron: Neutron,
  options: NetworkOptions,
  version: 4 | 6,
): Promise<SubnetPool | undefined> {
  const name = subnetPoolOption(options, version);
  if (!name) return undefined;
  const subnetPool = await findOne(
    'subnet pool',
    neutron.subnetPools,
    name,
    subnetErrors('subnet pool', name),
  ).catch((error: unknown) => {
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
