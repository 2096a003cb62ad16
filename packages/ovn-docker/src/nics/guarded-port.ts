import type { Port } from '@ovn-docker/openstack';
import type { PluggedPort } from '../clients/vm-switch.ts';
import type { GuardPolicy } from '../config/agent-config.ts';
import type { GuardedPort } from '../vm/guard/guard-flows.ts';
import { rowKeys, vlanOfName } from './names.ts';

/** The note on the row of a port without port security. */
const ANY = 'any';

/**
 * The note on a NIC's row about source MAC addresses besides the port's own one: those of its allowed address
 * pairs, or `any` without port security (Networking API v2.0, `allowed_address_pairs`,
 * `port_security_enabled`). Undefined when there are none.
 */
export function macsNote({
  mac_address: own,
  port_security_enabled: isSecured,
  allowed_address_pairs: pairs = [],
}: Pick<Port, 'mac_address' | 'port_security_enabled' | 'allowed_address_pairs'>): string | undefined {
  if (isSecured === false) return ANY;
  const macs = new Set(pairs.flatMap(({ mac_address: mac }) => mac?.toLowerCase() ?? []));
  macs.delete(own.toLowerCase());
  return macs.size === 0 ? undefined : [...macs].sort().join(' ');
}

/**
 * What the frames of a NIC's port may be, from the port's row in the VM's switch. The row says all of it, so
 * that the agent can guard the port without asking Neutron.
 * @returns undefined for a port that is no NIC's, or that ovs-vswitchd has not opened
 */
export function guardedPort(
  { name, ofport, externalIds }: PluggedPort,
  { dhcp }: GuardPolicy,
): GuardedPort | undefined {
  const vlan = vlanOfName(name);
  const mac = externalIds[rowKeys.attachedMac];
  if (externalIds[rowKeys.nic] === undefined || !mac || !vlan || ofport === undefined) return undefined;
  const others = externalIds[rowKeys.macs];
  return {
    ofport,
    vlan,
    macs: others === ANY ? ANY : [mac.toLowerCase(), ...(others?.split(' ').filter(Boolean) ?? [])],
    mayServeDhcp: dhcp === 'allow' || externalIds[rowKeys.dhcpServer] !== undefined,
  };
}
