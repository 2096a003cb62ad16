import { versionOf } from '../addresses/addresses.ts';
import type { Subnet } from './subnets.ts';

const LEASE_SECONDS = '43200';
/** The DHCP server's address in a subnet without gateway: the address of ML2/OVN's metadata service. */
const SERVER_WITHOUT_GATEWAY = '169.254.169.254';

/**
 * The options of a subnet for OVN's DHCP server (ovn-nb(5), DHCP_Options). If there are host routes, they
 * include the default route, because clients then ignore the router option (RFC 3442).
 */
export function dhcpOptions(
  subnet: Omit<Subnet, 'row'>,
  network: { readonly mtu: number },
  dnsDomain: string,
): Record<string, string> {
  if (subnet.ip_version === 6) return dhcpv6Options(subnet);
  const server = subnet.gateway_ip ?? SERVER_WITHOUT_GATEWAY;
  const routes = subnet.host_routes.map(({ destination, nexthop }) => `${destination},${nexthop}`);
  if (routes.length > 0 && subnet.gateway_ip !== null) routes.push(`0.0.0.0/0,${subnet.gateway_ip}`);
  const servers = nameServers(subnet);
  return defined({
    server_id: server,
    server_mac: subnet.server_mac,
    lease_time: LEASE_SECONDS,
    mtu: String(network.mtu),
    router: subnet.gateway_ip ?? undefined,
    dns_server: servers.length > 0 ? `{${servers.join(', ')}}` : undefined,
    classless_static_route: routes.length > 0 ? `{${routes.join(', ')}}` : undefined,
    domain_name: dnsDomain === '' ? undefined : `"${dnsDomain.replace(/\.$/, '')}"`,
  });
}

/** For DHCPv6, `server_id` is a MAC address, from which OVN derives the server's DUID. */
function dhcpv6Options(subnet: Omit<Subnet, 'row'>): Record<string, string> {
  const servers = nameServers(subnet);
  return defined({
    server_id: subnet.server_mac,
    dns_server: servers.length > 0 ? `{${servers.join(', ')}}` : undefined,
    dhcpv6_stateless: subnet.ipv6_address_mode === 'dhcpv6-stateless' ? 'true' : undefined,
  });
}

/** The name servers with addresses of the subnet's IP version. */
function nameServers(subnet: Omit<Subnet, 'row'>): string[] {
  return subnet.dns_nameservers.filter((address) => versionOf(address) === subnet.ip_version);
}

function defined(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Record<string, string>;
}
