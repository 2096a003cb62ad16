import type { Link } from '@ovn-docker/netlink';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { interfaceNames, rowKeys } from './names.ts';
import type { Claim, PluggedNic } from './nic.ts';
import { readAlias } from './pair-alias.ts';
import { identityOf } from './row-identity.ts';

/** What the VM's kernel and switch show of one NIC. */
export interface Seen {
  /** The port of that name on the VM's bridge. */
  readonly row: PluggedPort | undefined;
  readonly vmEnd: Link | undefined;
  /** The container's end, while it is in the VM. */
  readonly containerEnd: Link | undefined;
  /**
   * Whether the VM's kernel ignores what the VM's end receives (docs/decisions/quiet-links.md); undefined
   * with a datapath in the kernel, which takes the frames before.
   */
  readonly isQuiet?: boolean | undefined;
  /** Index of the kernel datapath's interface, the master of all its ports; undefined in user space. */
  readonly master: number | undefined;
}

/**
 * The ways in which a NIC can differ from what the agent made, in the order in which they are found:
 * - `unplugged`: the bridge has no such port
 * - `wrong VLAN`: the port is no access port of the NIC's VLAN
 * - `wrong row`: the rows do not say which NIC it is, or ask ovs-vswitchd for something else
 * - `broken pair`: an end of the veth pair that should be in the VM is missing, or the pair is marked as
 *   that of another port or, without a claim, as that of a container
 * - `wrong link`: an end is down, or has another MTU, MAC address or master, or the VM's kernel reads what it
 *   receives
 * - `not switched`: ovs-vswitchd cannot use the VM's end, or has opened another interface of that name
 */
export const driftKinds = [
  'unplugged',
  'wrong VLAN',
  'wrong row',
  'broken pair',
  'wrong link',
  'not switched',
] as const;

export type DriftKind = (typeof driftKinds)[number];

export interface Drift {
  readonly kind: DriftKind;
  /** For people. */
  readonly evidence: string;
}

/** Describes what is wrong; undefined when nothing is. */
type Look = (nic: PluggedNic, seen: Seen) => string | undefined;

const looks: Readonly<Record<DriftKind, Look>> = {
  unplugged: ({ vlan }, { row }) =>
    row ? undefined : `the VM's switch has no port ${interfaceNames(vlan).vmEnd}`,

  'wrong VLAN': ({ vlan }, { row }) => {
    if (!row) return undefined;
    if (row.vlan !== vlan) return `the VM's switch has ${row.name} in VLAN ${row.vlan ?? '-'}`;
    if (row.vlanMode !== 'access')
      return `vlan_mode of ${row.name} is ${row.vlanMode ?? 'empty'}, not access`;
    return row.trunks.length > 0 ? `${row.name} trunks VLANs ${row.trunks.join(' ')}` : undefined;
  },

  'wrong row': (nic, { row }) => {
    if (!row) return undefined;
    const { iface } = row;
    if (!iface) return `port ${row.name} is a bond`;
    const identity = identityOf(nic);
    const wrong =
      wrongKey(row.externalIds, identity) ??
      wrongKey(iface.externalIds, identity) ??
      (isSameClaim(row.externalIds, nic.claim) ? undefined : rowKeys.claimed);
    if (wrong !== undefined) return `external_ids of ${row.name} have another ${wrong}, or none`;
    if (iface.type !== '') return `interface ${row.name} has type ${iface.type}`;
    return iface.mtuRequest === undefined ? undefined : `${row.name} has mtu_request ${iface.mtuRequest}`;
  },

  'broken pair': (nic, { vmEnd, containerEnd }) => {
    const names = interfaceNames(nic.vlan);
    const alias = readAlias(vmEnd?.alias);
    if (!vmEnd) return `${names.vmEnd} or its other end is gone`;
    if (alias?.portId !== nic.port.id) return `${names.vmEnd} is not the pair of port ${nic.port.id}`;
    if (alias.isNew) return `${names.vmEnd} was made and not plugged`;
    // A found NIC's claim may still be unknown.
    if (!nic.claim && nic.state !== 'found' && alias.label !== undefined)
      return `${names.vmEnd} has the label of a container`;
    // A claimed NIC's end is in the container; a found NIC's end may be.
    return nic.claim || nic.state === 'found' || containerEnd
      ? undefined
      : `${names.containerEnd}, its other end, is gone`;
  },

  'wrong link': (nic, { vmEnd, containerEnd, master, isQuiet }) => {
    if (!vmEnd) return undefined;
    const { vmEnd: expected, containerEnd: other } = interfaceNames(nic.vlan);
    if (vmEnd.name !== expected) return `${expected} was renamed to ${vmEnd.name}`;
    if (!vmEnd.up) return `${expected} is down`;
    const { mtu } = nic.target.network;
    if (mtu !== undefined && isWrongMtu(nic, vmEnd.mtu, containerEnd?.mtu, mtu))
      return `${expected} has MTU ${vmEnd.mtu}, ${other} ${containerEnd?.mtu ?? '-'}, the network ${mtu}`;
    if (containerEnd && containerEnd.mac !== nic.port.mac_address)
      return `${other} has MAC address ${containerEnd.mac}, its port ${nic.port.mac_address}`;
    if (isQuiet === false) return `the VM's kernel reads what ${expected} receives: its filter is gone`;
    if (vmEnd.master === master) return undefined;
    return `the master of ${expected} is interface ${vmEnd.master ?? '-'}, not ${master ?? '-'}`;
  },

  'not switched': (_nic, { row, vmEnd }) => {
    if (!row?.iface || !vmEnd) return undefined;
    const { error, ifindex } = row.iface;
    if (error !== undefined) return `ovs-vswitchd reports: ${error}`;
    if (row.ofport === undefined) return `ovs-vswitchd has not opened ${row.name}`;
    if (ifindex === undefined || ifindex === vmEnd.index) return undefined;
    return `ovs-vswitchd has opened interface ${ifindex} as ${row.name}, which is interface ${vmEnd.index}`;
  },
};

/**
 * THE definition of a healthy NIC: compares what the VM's kernel and switch show with what the agent made. No
 * NIC enters a warm pool, leaves it or counts as healthy while there is a difference.
 * @returns at most one difference of each kind
 */
export function driftsOf(nic: PluggedNic, seen: Seen): Drift[] {
  return driftKinds.flatMap((kind): Drift[] => {
    const evidence = looks[kind](nic, seen);
    return evidence === undefined ? [] : [{ kind, evidence }];
  });
}

/**
 * Whether ovs-vswitchd has not noticed that the interface is up: it writes its view of an interface into the
 * database a moment after each change, so a single look proves nothing.
 */
export function isUnnoticed({ row, vmEnd }: Seen): boolean {
  const { adminState, linkState } = row?.iface ?? {};
  return (vmEnd?.up === true && adminState === 'down') || (vmEnd?.carrier === true && linkState === 'down');
}

/** The first key of the agent whose value is not the expected one. */
function wrongKey(
  found: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
): string | undefined {
  return Object.keys(expected).find((key) => found[key] !== expected[key]);
}

/** The other notes of a claim change without being written: Docker knows them too. */
function isSameClaim(found: Readonly<Record<string, string>>, claim: Claim | undefined): boolean {
  const isClaimed = found[rowKeys.claimed] !== undefined;
  return isClaimed === (claim !== undefined) && found[rowKeys.label] === claim?.label;
}

/**
 * The MTU of a network can change while a container runs, and the container's end keeps its own: then only a
 * VM's end that is too small loses frames.
 */
function isWrongMtu(
  { claim }: PluggedNic,
  vmEnd: number,
  containerEnd: number | undefined,
  mtu: number,
): boolean {
  if (claim && containerEnd === undefined) return vmEnd < mtu;
  return vmEnd !== mtu || (containerEnd ?? mtu) !== mtu;
}
