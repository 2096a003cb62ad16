import type { Subnet } from '@ovn-docker/openstack';
import { OvnDockerError } from '../errors.ts';

/**
 * The address that Docker shows as the gateway of a subnet. If the subnet has no gateway, it is the network
 * address: Docker requires a gateway, and no container can have that address.
 */
export function shownGateway({ cidr, gateway_ip }: Pick<Subnet, 'cidr' | 'gateway_ip'>): string {
  return gateway_ip ?? cidr.slice(0, cidr.indexOf('/'));
}

/**
 * Checks the gateway that the user names: Docker shows it, but traffic leaves through the subnet's gateway.
 * @param gateway undefined or empty: the user names none
 * @throws OvnDockerError `E_NETWORK_OPTION` when the subnet has another gateway
 */
export function requireGateway(
  subnet: Pick<Subnet, 'cidr' | 'gateway_ip'>,
  gateway: string | undefined,
): void {
  if (!gateway || gateway === shownGateway(subnet)) return;
  const { cidr, gateway_ip } = subnet;
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `subnet ${cidr} has ${gateway_ip ? `the gateway ${gateway_ip}` : 'no gateway'}, not ${gateway}`,
    { hint: 'leave --gateway out' },
  );
}
