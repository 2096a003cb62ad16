import type { Network, Port, Subnet } from '@ovn-docker/openstack';
import { hasAutomaticAddresses } from '../clients/neutron/subnets.ts';
import { addressesOf, type Nic, type Target } from './nic.ts';

/**
 * Whether a port is as Neutron creates it by default: administratively up, with the network's port security
 * and without allowed address pairs. A comparison with the port's earlier state would not do: a user may have
 * changed the port while no agent was running.
 */
export function isUnaltered(port: Port, network: Pick<Network, 'port_security_enabled'>): boolean {
  const { port_security_enabled: isSecured, allowed_address_pairs: pairs = [] } = port;
  // Undefined without Neutron's port-security extension.
  const isAsNetwork = isSecured === undefined || isSecured === (network.port_security_enabled ?? true);
  return port.admin_state_up && isAsNetwork && pairs.length === 0;
}

/**
 * Whether two lists have the same elements in any order; `undefined` equals only `undefined`. Equal order is
 * checked first: it is the usual case, and a pass of the reconciler compares thousands of ports.
 */
export function haveSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined || a.length !== b.length) return a === b;
  return a.every((each, index) => each === b[index]) || a.toSorted().join() === b.toSorted().join();
}

/**
 * Whether a port has the security groups of its target. True when the target names none: the caller must know
 * the project's default group to tell.
 */
export function hasGroupsOf(port: Port, { securityGroups }: Pick<Target, 'securityGroups'>): boolean {
  return (
    securityGroups === undefined ||
    port.security_groups === undefined ||
    haveSame(port.security_groups, securityGroups)
  );
}

/**
 * Whether a port has the addresses that Neutron would give a new port on these subnets: one of each IP
 * version, and one on each subnet whose addresses follow from the MAC address, which Neutron adds by itself.
 * @param all the network's subnets
 */
export function hasAddressesOf(port: Port, expected: readonly Subnet[], all: readonly Subnet[]): boolean {
  const byId = new Map(all.map((subnet) => [subnet.id, subnet]));
  const found = port.fixed_ips.map(({ subnet_id }) => byId.get(subnet_id));
  const present = found.filter((subnet) => subnet !== undefined);
  if (present.length < found.length) return false;
  const chosen = present.filter((subnet) => !hasAutomaticAddresses(subnet));
  const versions = versionsOf(expected.filter((subnet) => !hasAutomaticAddresses(subnet)));
  const isExpected = ({ id }: Subnet) => expected.some((subnet) => subnet.id === id);
  return (
    chosen.every(isExpected) &&
    chosen.length === versions.size &&
    versionsOf(chosen).size === versions.size &&
    expected.filter(hasAutomaticAddresses).every(({ id }) => present.some((subnet) => subnet.id === id))
  );
}

function versionsOf(subnets: readonly Subnet[]): Set<number> {
  return new Set(subnets.map(({ ip_version }) => ip_version));
}

/** Whether a NIC has an address of each IP version; another container's port may have taken one over. */
export function isAddressed(nic: Pick<Nic, 'port' | 'target'>): boolean {
  const present = versionsOf(addressesOf(nic).map(({ subnet }) => subnet));
  return nic.target.subnets.every(({ ip_version: version }) => present.has(version));
}

/** Whether another container can use a port: `now` equals `before` and is like a new port of the target. */
export function isFitForOthers(target: Target, before: Port, now: Port): boolean {
  return isSamePort(before, now) && isUnaltered(now, target.network) && hasGroupsOf(now, target);
}

/** Whether two ports have the same MAC address and IP addresses. */
export function haveSameAddresses(one: Port, other: Port): boolean {
  const ipsOf = (port: Port) => port.fixed_ips.map(({ ip_address }) => ip_address);
  return one.mac_address === other.mac_address && haveSame(ipsOf(one), ipsOf(other));
}

function isSamePort(before: Port, now: Port): boolean {
  const pairsOf = (port: Port) => port.allowed_address_pairs?.map((pair) => JSON.stringify(pair));
  return (
    haveSameAddresses(before, now) &&
    before.admin_state_up === now.admin_state_up &&
    before.port_security_enabled === now.port_security_enabled &&
    haveSame(before.security_groups, now.security_groups) &&
    haveSame(pairsOf(before), pairsOf(now))
  );
}
