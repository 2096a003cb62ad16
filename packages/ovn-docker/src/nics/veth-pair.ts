import type { Link, LinkRef } from '@ovn-docker/netlink';
import type { Vm } from '../vm/vm.ts';
import { explainLink } from './explain-link.ts';
import { interfaceNames } from './names.ts';
import { isPlugged, type Nic, type PluggedNic } from './nic.ts';
import { readAlias, writeAlias } from './pair-alias.ts';

/** Shows the VM's interfaces: its kernel, or {@link viewOf} a list of them. */
export interface InterfaceView {
  readonly netlink: Pick<Vm['netlink'], 'link'>;
}

/** Interfaces that were read together: one list instead of two questions to the kernel for each of 4,094 NICs. */
export function viewOf(interfaces: readonly Link[]): InterfaceView {
  const byName = new Map<LinkRef, Link>(interfaces.map((one) => [one.name, one]));
  return { netlink: { link: (name) => byName.get(name) } };
}

/** The veth pair of a NIC, as the VM's kernel shows it. */
interface VethPair {
  /** The agent has not plugged it into the VM's switch. */
  readonly isNew: boolean;
  /** Label of the `--net=none` container that the NIC is for. */
  readonly label: string | undefined;
  /** Asks for the container's end; undefined while it is in a container. */
  containerEnd(): Link | undefined;
}

/** The pair that the agent made for the NIC's very port; undefined when there is none. */
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

/** Whether the container's end is in another namespace. That namespace lives: when one ends, the kernel deletes the pair. */
export function isElsewhere(nic: Nic, view: InterfaceView): boolean {
  const pair = pairOf(nic, view);
  return pair !== undefined && pair.containerEnd() === undefined;
}

/** Whether the pair is plugged and the container's end is in the VM with its MAC and MTU, ready for the next container. */
export function isWhole(nic: Nic, view: InterfaceView): boolean {
  const pair = pairOf(nic, view);
  if (pair?.isNew !== false) return false;
  const end = pair.containerEnd();
  const { mtu } = nic.target.network;
  return end !== undefined && end.mac === nic.port?.mac_address && (mtu === undefined || end.mtu === mtu);
}

/** Writes the label of the NIC's claim on its pair, or takes the former one off. */
export function writeLabel(nic: PluggedNic, vm: Vm): void {
  const pair = pairOf(nic, vm);
  if (pair && pair.label !== nic.claim?.label) writePairAlias(nic, vm, pair);
}

/**
 * Marks a new pair as plugged. The agent calls this when it has removed the former pair's row from the VM's switch, right
 * before it adds the new one.
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
