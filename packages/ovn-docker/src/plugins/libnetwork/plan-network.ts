import type { Neutron } from '@ovn-docker/openstack';
import { parseCidr } from '../../addresses/cidr.ts';
import type { NetworkWithSubnets } from '../../clients/neutron/networks.ts';
import { OvnDockerError } from '../../errors.ts';
import { namedNetwork } from '../../networks/named-network.ts';
import type { NetworkPlan, SubnetPlan } from '../../networks/network-plan.ts';
import { optionNames } from '../../networks/options.ts';
import type { IpamPoolRequest, IpamPoolRequests } from './ipam-pool-requests.ts';
import {
  ADDRESS_SPACE,
  genericOptions,
  type IpamData,
  isInternal,
  type Requests,
  withoutPrefixLength,
} from './wire.ts';

/** One IPAM pool of CreateNetwork, and the RequestPool call that chose it. */
interface IpamPool extends IpamData {
  readonly cidr: string;
  /** Undefined for Docker's default IPAM driver, or if the agent restarted after RequestPool. */
  readonly request: IpamPoolRequest | undefined;
}

/** Translates Docker's CreateNetwork, together with the RequestPool calls before it. */
export async function planNetwork(
  neutron: Neutron,
  ipamPoolRequests: IpamPoolRequests,
  { Options, IPv4Data, IPv6Data }: Requests['CreateNetwork'],
): Promise<NetworkPlan> {
  const options = genericOptions(Options);
  const namedByDriver = await namedNetwork(neutron, options);
  const ipamPools = [...(IPv4Data ?? []), ...(IPv6Data ?? [])].map((data): IpamPool => {
    const { cidr } = parseCidr(data.Pool);
    return { ...data, cidr, request: ipamPoolRequests.take(cidr, namedByDriver?.network.id) };
  });
  const existing = namedByDriver ?? (await namedByIpamOptions(neutron, ipamPools));
  if (!existing) for (const ipamPool of ipamPools) requireRequest(ipamPool);
  return { existing, options, internal: isInternal(Options), subnets: ipamPools.map(planSubnet) };
}

async function namedByIpamOptions(
  neutron: Neutron,
  ipamPools: readonly IpamPool[],
): Promise<NetworkWithSubnets | undefined> {
  const networkId = ipamPools.find(({ request }) => request?.networkId)?.request?.networkId;
  return networkId ? namedNetwork(neutron, { [optionNames.networkId]: networkId }) : undefined;
}

/** @throws OvnDockerError `E_NETWORK_OPTION` when the agent has forgotten the RequestPool call */
function requireRequest({ AddressSpace, cidr, request }: IpamPool): void {
  if (AddressSpace !== ADDRESS_SPACE || request) return;
  throw new OvnDockerError('E_NETWORK_OPTION', `Docker has not requested ${cidr} from the running agent`, {
    hint: 'the agent restarted while Docker created the network: run the command again',
  });
}

function planSubnet({ cidr, Gateway, AuxAddresses, request }: IpamPool): SubnetPlan {
  return {
    cidr,
    gateway: withoutPrefixLength(Gateway),
    reserved: Object.values(AuxAddresses ?? {}).map((address) => withoutPrefixLength(address) ?? ''),
    range: request?.range,
    subnetPoolId: request?.subnetPoolId,
    ipamPoolId: request?.ipamPoolId,
  };
}
