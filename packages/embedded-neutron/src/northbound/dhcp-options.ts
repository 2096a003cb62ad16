import type { Subnet } from './subnets.ts';

const LEASE_SECONDS = '43200';
/** Stands for the DHCP server of a subnet without gateway; the same address that ML2/OVN's metadata uses. */
const SERVER_WITHOUT_GATEWAY = '169.254.169.254';

/**
 * The DHCP options of a subnet as OVN's own DHCP server takes them (ovn-nb(5), DHCP_Options). With host routes, the
 * default route is repeated among them, because clients then ignore the router option (RFC 3442).
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
  const v4Servers = subnet.dns_nameservers.filter((address) => !address.includes(':'));
  return defined({
    server_id: server,
    server_mac: subnet.server_mac,
    lease_time: LEASE_SECONDS,
    mtu: String(network.mtu),
    router: subnet.gateway_ip ?? undefined,
    dns_server: v4Servers.length > 0 ? `{${v4Servers.join(', ')}}` : undefined,
    classless_static_route: routes.length > 0 ? `{${routes.join(', ')}}` : undefined,
    domain_name: dnsDomain === '' ? undefined : `"${dnsDomain.replace(/\.$/, '')}"`,
  });
}

/** For DHCPv6 `server_id` is a MAC address, from which OVN makes the server's DUID. */
function dhcpv6Options(subnet: Omit<Subnet, 'row'>): Record<string, string> {
  const servers = subnet.dns_nameservers.filter((address) => address.includes(':'));
  return defined({
    server_id: subnet.server_mac,
    dns_server: servers.length > 0 ? `{${servers.join(', ')}}` : undefined,
    dhcpv6_stateless: subnet.ipv6_address_mode === 'dhcpv6-stateless' ? 'true' : undefined,
  });
}

function defined(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Record<string, string>;
}
