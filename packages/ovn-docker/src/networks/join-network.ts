import { ipVersionOf } from '../addresses/ip-version.ts';
import type { NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { optionNames } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';
import type { DockerNetwork } from './docker-networks.ts';
import { requireGateway } from './gateway.ts';
import { fittingSubnet } from './named-network.ts';
import type { NetworkPlan } from './network-plan.ts';

interface JoinPlan extends Pick<NetworkPlan, 'options' | 'subnets'> {
  readonly mtu: number | undefined;
  readonly shared: boolean | undefined;
}

/**
 * Checks that an existing Neutron network is as planned: the agent does not change it.
 * @throws OvnDockerError `E_NETWORK_OPTION` or `E_NETWORK_NO_SUBNET` when the network differs from the plan
 */
export function joinNetwork(
  existing: NetworkWithSubnets,
  { options, subnets, mtu, shared }: JoinPlan,
): DockerNetwork {
  const { network } = existing;
  if (shared !== undefined && shared !== (network.shared ?? false)) {
    const message = `network "${network.name || network.id}" is ${shared ? 'not ' : ''}shared`;
    throw new OvnDockerError('E_NETWORK_OPTION', message, { hint: `leave -o ${optionNames.shared} out` });
  }
  if (mtu !== undefined && mtu !== network.mtu) {
    const message = `network "${network.name || network.id}" has MTU ${network.mtu}, not ${mtu}`;
    throw new OvnDockerError('E_NETWORK_OPTION', message, { hint: `leave -o ${optionNames.mtu} out` });
  }
  const joined = subnets.map(({ cidr, gateway, ipamPoolId }) => {
    const subnet = fittingSubnet(existing, { options, cidr, version: ipVersionOf(cidr) });
    requireGateway(subnet, gateway);
    return { id: subnet.id, cidr, ...(ipamPoolId === undefined ? {} : { pool: ipamPoolId }) };
  });
  return { network: network.id, subnets: joined, made: false };
}
