import { type Prefix, prefixText, toText } from '../../addresses/addresses.ts';
import { neutronError } from '../../errors.ts';
import { type HostRoute, isAutoMode } from '../../northbound/subnets.ts';
import { isLoopback } from './attributes.ts';
import { requireVersion } from './plan.ts';

const MAX_NAMESERVERS = 5;
const MAX_ROUTES = 20;
/** The longest prefixes with an address for a DHCP server and one for a host. */
const LONGEST_WITH_DHCP = { 4: 30, 6: 126 } as const;

const invalid = (message: string) => neutronError('InvalidInput', message);

/** Checks that hosts of a subnet can use DHCP. @throws NeutronError InvalidInput */
export function requireDhcpPrefix(prefix: Prefix): void {
  if (prefix.length > LONGEST_WITH_DHCP[prefix.version]) {
    throw invalid('Subnet has a prefix length that is incompatible with DHCP service enabled');
  }
  if (isMulticast(prefix)) throw invalid('Multicast IP subnet is not supported if enable_dhcp is True');
  if (isLoopback({ version: prefix.version, address: toText(prefix.first, prefix.version), prefix })) {
    throw invalid('Loopback IP subnet is not supported if enable_dhcp is True');
  }
  if (prefix.version === 4 && prefix.first === 0n) {
    throw invalid("First IP '0.0.0.0' of network is not supported if enable_dhcp is True.");
  }
}

/** RFC 5771: 224.0.0.0/4. RFC 4291 section 2.7: ff00::/8. */
function isMulticast({ version, first, length }: Prefix): boolean {
  return version === 4 ? length >= 4 && first >> 28n === 0xen : length >= 8 && first >> 120n === 0xffn;
}

/**
 * Checks what DHCP sends to the hosts of a subnet.
 *
 * @param name the subnet, for the message
 * @throws NeutronError DNSNameServersExhausted, HostRoutesExhausted, InvalidInput
 */
export function checkDhcpData(
  prefix: Prefix,
  name: string,
  nameservers: readonly string[],
  routes: readonly HostRoute[],
): void {
  if (nameservers.length > MAX_NAMESERVERS) {
    throw neutronError('DNSNameServersExhausted', name, MAX_NAMESERVERS);
  }
  for (const address of nameservers) requireVersion(prefix.version, address, 'dns_nameserver');
  if (routes.length > MAX_ROUTES) throw neutronError('HostRoutesExhausted', name, MAX_ROUTES);
  for (const { destination, nexthop } of routes) {
    requireVersion(prefix.version, nexthop, 'nexthop');
    requireVersion(prefix.version, destination, 'destination');
  }
}

/** How the hosts of an IPv6 subnet get addresses; undefined if the request does not say so. */
export interface Ipv6Modes {
  readonly ipv6_ra_mode: string | undefined;
  readonly ipv6_address_mode: string | undefined;
}

/** Checks the IPv6 modes of a new subnet. @throws NeutronError InvalidInput */
export function requireIpv6Modes(prefix: Prefix, modes: Ipv6Modes, dhcp: boolean): void {
  const given = (['ipv6_ra_mode', 'ipv6_address_mode'] as const).filter((name) => modes[name] !== undefined);
  if (given.length === 0) return;
  if (prefix.version === 4) throw invalid(`${given[0]} is not valid when ip_version is 4`);
  if (!dhcp) {
    throw invalid('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False');
  }
  const { ipv6_ra_mode: ra, ipv6_address_mode: address } = modes;
  if (ra !== undefined && address !== undefined && ra !== address) {
    throw invalid(
      `ipv6_ra_mode set to '${ra}' with ipv6_address_mode set to '${address}' is not valid. ` +
        'If both attributes are set, they must be the same value',
    );
  }
  if (isAutoMode(address ?? ra ?? null) && prefix.length !== 64) {
    throw invalid(
      `Invalid CIDR ${prefixText(prefix)} for IPv6 address mode. OpenStack uses the EUI-64 address format, ` +
        'which requires the prefix to be /64',
    );
  }
}
