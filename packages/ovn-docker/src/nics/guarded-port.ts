import type { Port } from '@ovn-docker/openstack';
import type { PluggedPort } from '../clients/vm-switch.ts';
import type { GuardPolicy } from '../config/agent-config.ts';
import type { GuardedPort } from '../vm/guard/guard-flows.ts';
import { rowKeys, vlanOfName } from './names.ts';

/** The note on the row of a port without port security. */
export const ANY = 'any';

/** The note on the row of a port that may use its own MAC address alone. */
export const OWN = 'own';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** The largest number that Open vSwitch gives to a port (ovs-vswitchd.conf.db(5), Interface, `ofport`). */
const LAST_PORT = 65_279;

/**
 * The note on a NIC's row about its source MAC addresses: `own` for the port's own one alone, the others
 * besides that from its allowed address pairs, or `any` without port security (Networking API v2.0,
 * `allowed_address_pairs`, `port_security_enabled`).
 */
export function macsNote({
  mac_address: own,
  port_security_enabled: isSecured,
  allowed_address_pairs: pairs = [],
}: Pick<Port, 'mac_address' | 'port_security_enabled' | 'allowed_address_pairs'>): string {
  if (isSecured === false) return ANY;
  const macs = new Set(pairs.flatMap(({ mac_address: mac }) => mac?.toLowerCase() ?? []));
  macs.delete(own.toLowerCase());
  return macs.size === 0 ? OWN : [...macs].sort().join(' ');
}

/**
 * What the frames of a NIC's port may be, from the port's row in the VM's switch. The row says all of it, so
 * that the agent can guard the port without asking Neutron. Other programs can write anything into a row:
 * what is no MAC address permits nothing.
 * @returns undefined for a port that is no NIC's, or that ovs-vswitchd has not opened
 */
export function guardedPort(
  { name, ofport, externalIds }: PluggedPort,
  { dhcp }: GuardPolicy,
): GuardedPort | undefined {
  const vlan = vlanOfName(name);
  if (externalIds[rowKeys.nic] === undefined || vlan === undefined) return undefined;
  if (ofport === undefined || ofport > LAST_PORT) return undefined;
  return {
    ofport,
    vlan,
    macs: macsOf(externalIds),
    mayServeDhcp: dhcp === 'allow' || externalIds[rowKeys.dhcpServer] !== undefined,
  };
}

/**
 * Whether a row's note is that of the port. A row without note, of an earlier agent, is right while it has no
 * claim: no container uses the port.
 */
export function hasNoteOf(
  externalIds: PluggedPort['externalIds'],
  port: Parameters<typeof macsNote>[0],
): boolean {
  const expected = macsNote(port);
  const note = externalIds[rowKeys.macs] ?? (isClaimed(externalIds) ? undefined : OWN);
  return note === expected;
}

function macsOf(externalIds: PluggedPort['externalIds']): GuardedPort['macs'] {
  const note = externalIds[rowKeys.macs];
  if (note === ANY) return ANY;
  const own = externalIds[rowKeys.attachedMac]?.toLowerCase() ?? '';
  if (!MAC.test(own)) return [];
  // Agents before the guard wrote no note. The container behind a claimed row may use allowed address pairs.
  if (note === undefined && isClaimed(externalIds)) return 'unknown';
  const others = note?.toLowerCase().split(' ') ?? [];
  return [...new Set([own, ...others.filter((word) => MAC.test(word))])];
}

function isClaimed(externalIds: PluggedPort['externalIds']): boolean {
  return externalIds[rowKeys.claimed] !== undefined;
}
