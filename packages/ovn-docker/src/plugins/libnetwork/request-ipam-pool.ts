import type { Neutron, Subnet, SubnetPool } from '@ovn-docker/openstack';
import { covers, freeCidrIn, freePrivateCidr, parseCidr, uniqueLocalCidr } from '../../addresses/cidr.ts';
import type { NetworkWithSubnets } from '../../clients/neutron/networks.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { checkOptions } from '../../networks/check-options.ts';
import { NETWORKS_IN_TURN } from '../../networks/docker-networks.ts';
import { fittingSubnet, namedNetwork, namedSubnetPool } from '../../networks/named-network.ts';
import type { Engine } from '../../nics/engine.ts';
import { warn } from '../../observe/warnings.ts';
import { formatIpamPoolId } from './ipam-pool-id.ts';
import type { IpamPoolRequest, IpamPoolRequests } from './ipam-pool-requests.ts';
import type { Requests } from './wire.ts';

/**
 * Chooses the subnet of a Docker network: the subnet of an existing Neutron network, a part of a subnet pool,
 * the CIDR that the user names, or any free CIDR.
 */
export async function requestIpamPool(
  { neutron, inTurn, log }: Engine,
  ipamPoolRequests: IpamPoolRequests,
  request: Requests['RequestPool'],
): Promise<IpamPoolRequest> {
  const options = request.Options ?? {};
  for (const warning of checkOptions(options, '--ipam-opt')) warn(log, warning);
  // CreateNetwork runs in the same queue. It first removes the request from the list and then creates the
  // subnet; between the two, the CIDR would seem free.
  return inTurn.run(NETWORKS_IN_TURN, async () => {
    const requested = request.Pool ? parseCidr(request.Pool).cidr : undefined;
    const named = await namedNetwork(neutron, options);
    const chosen = named
      ? chooseExistingSubnet(named, requested, request)
      : await chooseCidr(neutron, ipamPoolRequests, requested, request);
    ipamPoolRequests.add({ ...chosen, options });
    return chosen;
  });
}

function chooseExistingSubnet(
  named: NetworkWithSubnets,
  cidr: string | undefined,
  { Options, SubPool, V6 }: Requests['RequestPool'],
): IpamPoolRequest {
  const subnet = fittingSubnet(named, { options: Options ?? {}, version: V6 ? 6 : 4, cidr });
  if (SubPool) requireWholeRange(subnet, SubPool);
  const request = crypto.randomUUID().slice(0, 8);
  return {
    ipamPoolId: formatIpamPoolId({ kind: 'subnet', subnetId: subnet.id, request }),
    cidr: subnet.cidr,
    networkId: named.network.id,
  };
}

async function chooseCidr(
  neutron: Neutron,
  ipamPoolRequests: IpamPoolRequests,
  requested: string | undefined,
  { Options, SubPool, V6 }: Requests['RequestPool'],
): Promise<IpamPoolRequest> {
  const subnetPool = await namedSubnetPool(neutron, Options ?? {}, V6 ? 6 : 4);
  if (requested !== undefined && subnetPool) requirePartOf(subnetPool, requested);
  const cidr = requested ?? (await freeCidr(neutron, ipamPoolRequests, subnetPool, V6));
  if (SubPool && !covers(parseCidr(cidr), parseCidr(SubPool))) {
    throw new OvnDockerError('E_NETWORK_OPTION', `--ip-range ${SubPool} is not part of ${cidr}`);
  }
  return {
    ipamPoolId: formatIpamPoolId({ kind: 'cidr', cidr }),
    cidr,
    ...(SubPool ? { range: parseCidr(SubPool).cidr } : {}),
    ...(subnetPool ? { subnetPoolId: subnetPool.id } : {}),
  };
}

async function freeCidr(
  neutron: Neutron,
  ipamPoolRequests: IpamPoolRequests,
  subnetPool: SubnetPool | undefined,
  isV6: boolean,
): Promise<string> {
  const subnets = await explained(neutron.subnets.all({ fields: ['cidr'] }));
  const used = [...subnets.map(({ cidr }) => cidr), ...ipamPoolRequests.cidrs()];
  if (subnetPool) return freeCidrIn(subnetPool.prefixes, Number(subnetPool.default_prefixlen), used);
  return isV6 ? uniqueLocalCidr() : freePrivateCidr(used);
}

function requirePartOf({ name, prefixes }: SubnetPool, cidr: string): void {
  if (prefixes.some((prefix) => covers(parseCidr(prefix), parseCidr(cidr)))) return;
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `${cidr} is not part of subnet pool "${name}": ${prefixes.join(', ')}`,
  );
}

/**
 * In an existing subnet Neutron assigns addresses from the subnet's allocation pools: the range must cover
 * them.
 */
function requireWholeRange({ cidr, allocation_pools: allocationPools }: Subnet, range: string): void {
  const part = parseCidr(range);
  const isWhole = allocationPools.every(({ start, end }) => {
    const length = part.version === 6 ? 128 : 32;
    return [start, end].every((address) => covers(part, parseCidr(`${address}/${length}`)));
  });
  if (isWhole) return;
  const ranges = allocationPools.map(({ start, end }) => `${start}-${end}`).join(', ');
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `--ip-range ${range} cannot restrict the existing subnet ${cidr}: Neutron assigns addresses from ${ranges}`,
    { hint: 'leave --ip-range out, or change the allocation pools of the subnet' },
  );
}
