import type { Link, LinkRef } from '@ovn-docker/netlink';
import type { Vm } from '../vm/vm.ts';
import { explainLink } from './explain-link.ts';
import { interfaceNames } from './names.ts';
import { isPlugged, type Nic, type PluggedNic } from './nic.ts';
import { readAlias, writeAlias } from './pair-alias.ts';

/** Looks up an interface of the VM by name: in the kernel, or in a list ({@link viewOf}). */
export interface InterfaceView {
  readonly netlink: Pick<Vm['netlink'], 'link'>;
}

/** A view of interfaces that were read in one request: it saves two requests for each of 4,094 NICs. */
export function viewOf(interfaces: readonly Link[]): InterfaceView {
  const byName = new Map<LinkRef, Link>(interfaces.map((link) => [link.name, link]));
  return { netlink: { link: (name) => byName.get(name) } };
}

/** The veth pair of a NIC, as the VM's kernel shows it. */
interface VethPair {
  /** The agent has not plugged it into the VM's switch. */
  readonly isNew: boolean;
  /** Label of the `--net=none` container that the NIC is for. */
  readonly label: string | undefined;
  /** Looks up the container's end; undefined while this end is in a container. */
  containerEnd(): Link | undefined;
}

/** The pair that the agent made for the NIC's port; undefined when there is none. */
function pairOf(nic: Nic, { netlink }: InterfaceView): VethPair | undefined {
  if (!isPlugged(nic)) return undefined;
  const { vmEnd, containerEnd } = interfaceNames(nic.vlan);
  const alias = readAlias(netlink.link(vmEnd)?.alias);
  if (alias?.portId !== nic.port.id) return undefined;
  return { isNew: alias.isNew, label: alias.label, containerEnd: () => netlink.link(containerEnd) };
}

export function hasPair(nic: Nic, view: InterfaceView): boolean {
  return pairOf(nic, view) !== undefined;
}

/** Whether the NIC has a pair that the agent has not plugged. */
export function isNewPair(nic: Nic, view: InterfaceView): boolean {
  return pairOf(nic, view)?.isNew === true;
}

/** The label that {@link writeLabel} has written on a NIC's pair. */
export function labelOnPair(nic: Nic, view: InterfaceView): string | undefined {
  return pairOf(nic, view)?.label;
}

/**
 * Whether the container's end is in another namespace. That namespace still exists: otherwise the kernel
 * would have deleted the pair with it.
 */
export function isElsewhere(nic: Nic, view: InterfaceView): boolean {
  const pair = pairOf(nic, view);
  return pair !== undefined && pair.containerEnd() === undefined;
}

/** Whether the pair is plugged and its other end is in the VM with MAC and MTU, ready for a container. */
export function isWhole(nic: Nic, view: InterfaceView): boolean {
  return pairOf(nic, view)?.isNew === false && isBack(nic, view);
}

/** Whether the container's end is in the VM with MAC and MTU, as dockerd leaves it after an ordinary stop. */
export function isBack(nic: Nic, { netlink }: InterfaceView): boolean {
  const end = isPlugged(nic) ? netlink.link(interfaceNames(nic.vlan).containerEnd) : undefined;
  const { mtu } = nic.target.network;
  return end !== undefined && end.mac === nic.port?.mac_address && (mtu === undefined || end.mtu === mtu);
}

/** Writes the label of the NIC's claim on its pair; without a label, removes the former one. */
export function writeLabel(nic: PluggedNic, vm: Vm): void {
  const pair = pairOf(nic, vm);
  if (pair && pair.label !== nic.claim?.label) writePairAlias(nic, vm, pair);
}

/**
 * Marks a new pair as plugged. The caller must have removed the former pair's row from the VM's switch, and
 * adds the new row next.
 */
export function markPlugged(nic: PluggedNic, vm: Vm): void {
  writePairAlias(nic, vm, { isNew: false });
}

/** Marks a pair that has just been made as complete. */
export function markMade(nic: PluggedNic, vm: Vm): void {
  writePairAlias(nic, vm, { isNew: true });
}

function writePairAlias({ port, claim, vlan }: PluggedNic, vm: Vm, { isNew }: { isNew: boolean }): void {
  const { vmEnd } = interfaceNames(vlan);
  const alias = writeAlias({ portId: port.id, isNew, label: claim?.label });
  explainLink(`cannot mark ${vmEnd}`, () => vm.netlink.setLink(vmEnd, { alias }));
}
