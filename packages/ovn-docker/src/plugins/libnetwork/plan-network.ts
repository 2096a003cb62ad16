import type { Neutron } from '@ovn-docker/openstack';
import { parseCidr } from '../../addresses/cidr.ts';
import { ipVersionOf } from '../../addresses/ip-version.ts';
import { requestedIp } from '../../addresses/requested-address.ts';
import type { NetworkWithSubnets } from '../../clients/neutron/networks.ts';
import { optionNames } from '../../config/known-keys.ts';
import { OvnDockerError } from '../../errors.ts';
import { namedNetwork } from '../../networks/named-network.ts';
import type { NetworkPlan, SubnetPlan } from '../../networks/network-plan.ts';
import type { NetworkOptions } from '../../networks/options.ts';
import { requireEffect } from '../../networks/require-effect.ts';
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
  const requested = [...(IPv4Data ?? []), ...(IPv6Data ?? [])];
  const namedByDriver = await namedNetwork(neutron, options);
  const ipamPools = requested.map((data): IpamPool => {
    const { cidr } = parseCidr(data.Pool);
    return { ...data, cidr, request: ipamPoolRequests.take(cidr, namedByDriver?.network.id) };
  });
  const existing = namedByDriver ?? (await namedByIpamOptions(neutron, ipamPools));
  requireIpamDriver(ipamPools, existing);
  if (!existing) for (const ipamPool of ipamPools) requireRequest(ipamPool);
  const ipamOptions = Object.assign(
    {},
    ...ipamPools.map(({ request }) => request?.options),
  ) as NetworkOptions;
  const versions = ipamPools.map(({ cidr }) => ipVersionOf(cidr));
  requireEffect({ options, ipamOptions, versions, isNew: existing === undefined });
  return { existing, options, internal: isInternal(Options), subnets: ipamPools.map(planSubnet) };
}

/** Whether Docker asks this IPAM driver for all addresses of the network. */
export function usesIpamDriver(requested: readonly Pick<IpamData, 'AddressSpace'>[]): boolean {
  return requested.every(({ AddressSpace }) => AddressSpace === ADDRESS_SPACE);
}

/**
 * Requires this IPAM driver on an existing network. Docker's own one knows only the addresses that this VM
 * uses: it would choose those of the network's other ports, and the network driver cannot choose another
 * address instead (moby, libnetwork/drivers/remote, CreateEndpoint).
 * @throws OvnDockerError `E_IPAM_DRIVER`; `E_NETWORK_OPTION` when Docker requests no subnet at all
 */
function requireIpamDriver(ipamPools: readonly IpamPool[], existing: NetworkWithSubnets | undefined): void {
  if (ipamPools.length === 0) {
    throw new OvnDockerError('E_NETWORK_OPTION', 'Docker requests a network without any subnet', {
      hint: 'leave --ipv4=false out, or add --ipv6',
    });
  }
  // Docker's IPAM driver `null` has the pools 0.0.0.0/0 and ::/0.
  const isNull = ipamPools.some(({ cidr }) => parseCidr(cidr).prefixLength === 0);
  if (usesIpamDriver(ipamPools) || (!existing && !isNull)) return;
  const name = existing && `"${existing.network.name || existing.network.id}" `;
  const message = `network ${name ?? ''}needs the IPAM driver of ovn-docker, so that Neutron chooses the addresses`;
  throw new OvnDockerError('E_IPAM_DRIVER', message);
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

function bareIp(addressWithLength: string): string {
  return requestedIp(withoutPrefixLength(addressWithLength) ?? '');
}

function planSubnet({ AddressSpace, cidr, Gateway, AuxAddresses, request }: IpamPool): SubnetPlan {
  return {
    cidr,
    gateway: Gateway ? bareIp(Gateway) : undefined,
    reserved: Object.values(AuxAddresses ?? {}).map(bareIp),
    range: request?.range,
    subnetPoolId: request?.subnetPoolId,
    ipamPoolId: request?.ipamPoolId,
    isDockers: AddressSpace !== ADDRESS_SPACE,
  };
}
