import type { Subnet } from '@ovn-docker/openstack';

/** Whether a port's address follows from its MAC address (Networking API v2.0, `ipv6_address_mode`). */
export function hasAutomaticAddresses({
  ipv6_address_mode: mode,
}: Pick<Subnet, 'ipv6_address_mode'>): boolean {
  return mode === 'slaac' || mode === 'dhcpv6-stateless';
}
