import type { SubnetCreate } from '@ovn-docker/openstack';
import { parseCidr } from '../../addresses/cidr.ts';
import type { NetworkWithSubnets } from '../../clients/neutron/networks.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { findSecurityGroups } from '../../clients/neutron/security-groups.ts';
import { OvnDockerError } from '../../errors.ts';
import { allocationPools } from '../../networks/allocation-pools.ts';
import { type DockerNetwork, dockerNetworks } from '../../networks/docker-networks.ts';
import { poolOf } from '../../networks/docker-target.ts';
import { fittingSubnet, namedNetwork } from '../../networks/named-network.ts';
import { networkMarks, removeEarlierTries, removeNetwork } from '../../networks/network-marks.ts';
import {
  mtuOption,
  optionNames,
  securityGroupsOption,
  sharedOption,
  versionOf,
} from '../../networks/options.ts';
import type { Engine } from '../../nics/engine.ts';
import type { PoolRequest, PoolRequests } from './open-requests.ts';
import { genericOptions, type IpamData, isInternal, type Requests } from './wire.ts';

/** Docker networks are made and removed one after the other: each looks at what there is before it adds to it. */
export const NETWORKS_IN_TURN = 'docker networks';

/** What Docker settled on for one IP version, with what RequestPool knew of it. */
interface Pool extends IpamData {
  readonly cidr: string;
  readonly request: PoolRequest | undefined;
}

interface Wanted {
  readonly pools: readonly Pool[];
  readonly mtu: number | undefined;
  readonly internal: boolean;
  readonly shared: boolean | undefined;
}

/**
 * Puts a Neutron network behind a Docker network: the one that the options name, else a new one with the subnets that
 * Docker settled on. Done twice, it is done once.
 */
export async function createNetwork(
  engine: Engine,
  requests: PoolRequests,
  request: Requests['CreateNetwork'],
): Promise<Record<string, never>> {
  await engine.inTurn.run(NETWORKS_IN_TURN, async () => {
    const { vmSwitch } = await engine.vm();
    if (dockerNetworks.all(vmSwitch).has(request.NetworkID)) return;
    const network = await settle(engine, requests, request);
    try {
      const pool = await poolOf(engine, network);
      await dockerNetworks.put(vmSwitch, request.NetworkID, network);
      engine.wake(pool);
    } catch (error) {
      if (network.made) await removeNetwork(engine.neutron, network.network);
      throw error;
    }
  });
  return {};
}

async function settle(
  engine: Engine,
  requests: PoolRequests,
  request: Requests['CreateNetwork'],
): Promise<DockerNetwork> {
  const given = genericOptions(request.Options);
  const byDriver = await namedNetwork(engine.neutron, given);
  const pools = [...(request.IPv4Data ?? []), ...(request.IPv6Data ?? [])].map((data): Pool => {
    const { cidr } = parseCidr(data.Pool);
    return { ...data, cidr, request: requests.take(cidr, byDriver?.network.id) };
  });
  const byIpam = pools.find(({ request: asked }) => asked?.networkId)?.request?.networkId;
  const named =
    byDriver ?? (byIpam && (await namedNetwork(engine.neutron, { [optionNames.networkId]: byIpam })));
  const groups = securityGroupsOption(given);
  const securityGroups = groups.length > 0 ? await findSecurityGroups(engine.neutron, groups) : undefined;
  const wanted = {
    pools,
    mtu: mtuOption(given),
    internal: isInternal(request.Options),
    shared: sharedOption(given),
  };
  const network = named
    ? joinNetwork(named, given, wanted)
    : await makeNetwork(engine, request.NetworkID, wanted);
  const { internal } = wanted;
  return {
    ...network,
    ...(internal ? { internal } : {}),
    ...(securityGroups ? { securityGroups } : {}),
  };
}

/** An existing network stays as it is, so what is wanted of it must be so already. */
function joinNetwork(
  named: NetworkWithSubnets,
  given: Readonly<Record<string, string>>,
  { pools, mtu, shared }: Wanted,
): DockerNetwork {
  const { network } = named;
  if (shared !== undefined && shared !== (network.shared ?? false)) {
    const what = `network "${network.name || network.id}" is ${shared ? 'not ' : ''}shared`;
    throw new OvnDockerError('E_NETWORK_OPTION', what, { hint: `leave -o ${optionNames.shared} out` });
  }
  if (mtu !== undefined && mtu !== network.mtu) {
    const what = `network "${network.name || network.id}" has MTU ${network.mtu}, not ${mtu}`;
    throw new OvnDockerError('E_NETWORK_OPTION', what, { hint: `leave -o ${optionNames.mtu} out` });
  }
  const subnets = pools.map(({ cidr, Gateway, request }) => {
    const subnet = fittingSubnet(named, { given, cidr, version: versionOf(cidr) });
    requireGateway(subnet, Gateway.split('/')[0] ?? '');
    return { id: subnet.id, cidr, ...(request ? { pool: request.poolId } : {}) };
  });
  return { network: network.id, subnets, made: false };
}

/** Docker tells its containers the gateway that it knows; the one that routes is the subnet's. */
export function requireGateway(
  { cidr, gateway_ip: has }: { cidr: string; gateway_ip: string | null },
  gateway: string,
): void {
  // The network's own address is what we answer where there is no gateway.
  const none = cidr.slice(0, cidr.indexOf('/'));
  if (gateway === '' || gateway === (has ?? none)) return;
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `subnet ${cidr} has ${has ? `the gateway ${has}` : 'no gateway'}, not ${gateway}`,
    { hint: 'leave --gateway out' },
  );
}

async function makeNetwork(engine: Engine, dockerId: string, wanted: Wanted): Promise<DockerNetwork> {
  const { vmSwitch, vifId } = await engine.vm();
  const { neutron } = engine;
  const known = [...dockerNetworks.all(vmSwitch).values()].flatMap(({ subnets }) => subnets);
  const twice = wanted.pools.find((pool) => known.some(({ cidr }) => cidr === pool.cidr));
  if (twice) {
    throw new OvnDockerError('E_CIDR', `${twice.cidr} already belongs to another Docker network of this VM`, {
      hint: `name the Neutron network: -o ${optionNames.networkId}=ID --ipam-opt ${optionNames.networkId}=ID`,
    });
  }
  const bodies = wanted.pools.map((pool) => subnetBody(pool, wanted));
  await removeEarlierTries(neutron, vifId, dockerId);
  const marks = networkMarks(vifId, dockerId);
  const { mtu, shared } = wanted;
  const network = await explained(
    neutron.networks.create({
      ...marks,
      ...(mtu === undefined ? {} : { mtu }),
      ...(shared ? { shared } : {}),
    }),
  );
  try {
    const subnets: DockerNetwork['subnets'] = [];
    for (const body of bodies) {
      const { id } = await explained(
        neutron.subnets.create({ ...body, network_id: network.id, name: marks.name }),
      );
      subnets.push({ id, cidr: body.cidr });
    }
    return { network: network.id, subnets, made: true };
  } catch (error) {
    await removeNetwork(neutron, network.id);
    throw error;
  }
}

type SubnetBody = Pick<SubnetCreate, 'ip_version' | 'gateway_ip' | 'allocation_pools' | 'subnetpool_id'> & {
  readonly cidr: string;
};

function subnetBody(
  { cidr, Gateway, AuxAddresses, AddressSpace, request }: Pool,
  { internal }: Wanted,
): SubnetBody {
  if (AddressSpace === ADDRESS_SPACE && !request) {
    throw new OvnDockerError('E_NETWORK_OPTION', `the agent has not been asked for ${cidr}`, {
      hint: 'it was started again in the middle: run the command again',
    });
  }
  const gateway = internal ? undefined : Gateway.split('/')[0] || undefined;
  const keep = Object.values(AuxAddresses ?? {}).map((address) => address.split('/')[0] ?? '');
  const pools = allocationPools(cidr, { range: request?.range, keep, gateway });
  return {
    cidr,
    ip_version: versionOf(cidr),
    gateway_ip: gateway ?? null,
    ...(pools ? { allocation_pools: pools } : {}),
    ...(request?.subnetPoolId ? { subnetpool_id: request.subnetPoolId } : {}),
  };
}

/** Where our IPAM driver's pools are; others' are chosen by Docker itself. */
export const ADDRESS_SPACE = 'ovn-docker-local';
