import type { Neutron, Subnet } from '@ovn-docker/openstack';
import { covers, freeCidrIn, freePrivateCidr, parseCidr, uniqueLocalCidr } from '../../addresses/cidr.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { fittingSubnet, namedNetwork, namedSubnetPool } from '../../networks/named-network.ts';
import type { Engine } from '../../nics/engine.ts';
import { NETWORKS_IN_TURN } from './create-network.ts';
import type { PoolRequest, PoolRequests } from './open-requests.ts';
import { poolId } from './pool-id.ts';
import type { Requests } from './wire.ts';

/**
 * What becomes the subnet of a Docker network: one of an existing Neutron network, part of a subnet pool, the one that the
 * user wants, or any free one.
 */
export async function requestPool(
  { neutron, inTurn }: Engine,
  requests: PoolRequests,
  request: Requests['RequestPool'],
): Promise<{ PoolID: string; Pool: string; Data: Record<string, never> }> {
  // A network that is being made is neither asked for any more nor in Neutron yet.
  const asked = await inTurn.run(NETWORKS_IN_TURN, async () => {
    const chosen = await choose(neutron, requests, request);
    requests.add(chosen);
    return chosen;
  });
  return { PoolID: asked.poolId, Pool: asked.cidr, Data: {} };
}

async function choose(
  neutron: Neutron,
  requests: PoolRequests,
  { Options, Pool, SubPool, V6 }: Requests['RequestPool'],
): Promise<PoolRequest> {
  const given = Options ?? {};
  const version = V6 ? 6 : 4;
  const wanted = Pool ? parseCidr(Pool).cidr : undefined;
  const named = await namedNetwork(neutron, given);
  if (named) {
    const subnet = fittingSubnet(named, { given, version, ...(wanted ? { cidr: wanted } : {}) });
    if (SubPool) requireWholeRange(subnet, SubPool);
    const id = poolId({ kind: 'subnet', subnetId: subnet.id, request: crypto.randomUUID().slice(0, 8) });
    return { poolId: id, cidr: subnet.cidr, networkId: named.network.id };
  }
  const subnetPool = await namedSubnetPool(neutron, given, version);
  let cidr = wanted;
  if (cidr === undefined) {
    const subnets = await explained(neutron.subnets.all({ fields: ['cidr'] }));
    const used = [...subnets.map((subnet) => subnet.cidr), ...requests.cidrs()];
    if (subnetPool) cidr = freeCidrIn(subnetPool.prefixes, Number(subnetPool.default_prefixlen), used);
    else cidr = V6 ? uniqueLocalCidr() : freePrivateCidr(used);
  } else if (
    subnetPool &&
    !subnetPool.prefixes.some((prefix) => covers(parseCidr(prefix), parseCidr(Pool)))
  ) {
    const has = subnetPool.prefixes.join(', ');
    throw new OvnDockerError(
      'E_NETWORK_OPTION',
      `${cidr} is no part of subnet pool "${subnetPool.name}": ${has}`,
    );
  }
  if (SubPool && !covers(parseCidr(cidr), parseCidr(SubPool))) {
    throw new OvnDockerError('E_NETWORK_OPTION', `--ip-range ${SubPool} is not part of ${cidr}`);
  }
  return {
    poolId: poolId({ kind: 'cidr', cidr }),
    cidr,
    ...(SubPool ? { range: parseCidr(SubPool).cidr } : {}),
    ...(subnetPool ? { subnetPoolId: subnetPool.id } : {}),
  };
}

/** Neutron gives addresses of an existing subnet from its own allocation pools and from nowhere else. */
function requireWholeRange({ cidr, allocation_pools: pools }: Subnet, range: string): void {
  const part = parseCidr(range);
  const isWhole = pools.every(({ start, end }) => {
    const length = part.version === 6 ? 128 : 32;
    return [start, end].every((address) => covers(part, parseCidr(`${address}/${length}`)));
  });
  if (isWhole) return;
  const has = pools.map(({ start, end }) => `${start}-${end}`).join(', ');
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `--ip-range ${range} cannot narrow the existing subnet ${cidr}: Neutron gives addresses from ${has}`,
    { hint: 'leave --ip-range out, or change the allocation pools of the subnet' },
  );
}
