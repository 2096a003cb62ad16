import type { Network, Port, Subnet } from '@ovn-docker/openstack';
import { addressesOf, type Nic, type Target } from './nic.ts';

/**
 * Whether a port is as Neutron makes one of which nothing special is asked: up, with the network's port security, for its own
 * addresses alone. A user may have changed that while no agent looked, so what the port was before is no measure.
 */
export function isUnaltered(port: Port, network: Pick<Network, 'port_security_enabled'>): boolean {
  const { port_security_enabled: isSecured, allowed_address_pairs: pairs = [] } = port;
  // Without the extension there is none to compare.
  const isAsNetwork = isSecured === undefined || isSecured === (network.port_security_enabled ?? true);
  return port.admin_state_up && isAsNetwork && pairs.length === 0;
}

/**
 * Whether two lists hold the same, in whatever order; one that is not there is only like another that is not. Most often the order is
 * the same: thousands of ports are compared in every pass.
 */
export function haveSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return a === b;
  return a.every((each, index) => each === b[index]) || a.toSorted().join() === b.toSorted().join();
}

/** Whether a port has the security groups that its target names; where that names none, whoever knows the project's must say. */
export function hasGroupsOf(port: Port, { securityGroups }: Pick<Target, 'securityGroups'>): boolean {
  return (
    securityGroups === undefined ||
    port.security_groups === undefined ||
    haveSame(port.security_groups, securityGroups)
  );
}

/**
 * Whether a port's addresses are just those that a new port with these subnets would get: one of each IP version, and one of
 * each subnet where addresses follow from the MAC address (those Neutron adds by itself).
 * @param all the network's subnets
 */
export function hasAddressesOf(port: Port, wanted: readonly Subnet[], all: readonly Subnet[]): boolean {
  const bySubnet = new Map(all.map((subnet) => [subnet.id, subnet]));
  const has = port.fixed_ips.map(({ subnet_id }) => bySubnet.get(subnet_id));
  if (!has.every((subnet) => subnet !== undefined)) return false;
  const chosen = has.filter((subnet) => !isAutomatic(subnet));
  const versions = new Set(wanted.filter((subnet) => !isAutomatic(subnet)).map((is) => is.ip_version));
  const isWanted = ({ id }: Subnet) => wanted.some((subnet) => subnet.id === id);
  return (
    chosen.every(isWanted) &&
    chosen.length === versions.size &&
    new Set(chosen.map((is) => is.ip_version)).size === versions.size &&
    wanted.filter(isAutomatic).every(({ id }) => has.some((subnet) => subnet.id === id))
  );
}

/** Whether a NIC has an address of each IP version of its target: one that was taken from its port, it may not have got back. */
export function isAddressed(nic: Pick<Nic, 'port' | 'target'>): boolean {
  const has = new Set(addressesOf(nic).map(({ subnet }) => subnet.ip_version));
  return nic.target.subnets.every(({ ip_version: version }) => has.has(version));
}

/** Networking API v2.0, `ipv6_address_mode`: with these an address follows from the port's MAC address. */
function isAutomatic({ ipv6_address_mode: mode }: Subnet): boolean {
  return mode === 'slaac' || mode === 'dhcpv6-stateless';
}

/** Whether a port is still what its next user would expect: as it was, and as a new one would be. */
export function isFitForOthers(target: Target, was: Port, is: Port): boolean {
  return isSamePort(was, is) && isUnaltered(is, target.network) && hasGroupsOf(is, target);
}

function isSamePort(was: Port, is: Port): boolean {
  const pairsOf = (port: Port) => port.allowed_address_pairs?.map((pair) => JSON.stringify(pair));
  const ipsOf = (port: Port) => port.fixed_ips.map(({ ip_address }) => ip_address);
  return (
    was.mac_address === is.mac_address &&
    was.admin_state_up === is.admin_state_up &&
    was.port_security_enabled === is.port_security_enabled &&
    haveSame(ipsOf(was), ipsOf(is)) &&
    haveSame(was.security_groups, is.security_groups) &&
    haveSame(pairsOf(was), pairsOf(is))
  );
}
