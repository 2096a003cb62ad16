import { setImmediate } from 'node:timers/promises';
import { type Link, type LinkRef, NetlinkError, quietLink, setChecksumOffload } from '@ovn-docker/netlink';
import { OvnDockerError } from '../errors.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { type PairAlias, readAlias, writeAlias } from '../nics/pair-alias.ts';
import type { Vm } from '../vm/vm.ts';
import { removeLink } from './parts/remove-link.ts';
import type { Stage } from './stage.ts';

/** Pairs that are made in one turn of the event loop: about 1 ms each, and others want their turn. */
const AT_ONCE = 2;

/**
 * Makes the veth pair in the VM: one end stays for the bridge, the other carries the port's MAC and will be moved into
 * the container.
 */
export const makeVeth = {
  name: 'make veth',

  async up(nics, vm) {
    await inTurns(nics, (nic) => {
      if (!aliasOf(nic, vm)) makePair(nic, vm);
    });
  },

  async down(nics, vm) {
    await inTurns(nics, (nic) => {
      if (nic.vlan === undefined) return;
      const { vmEnd } = namesOf(nic);
      explainLink(`cannot remove ${vmEnd}`, () => removeLink(vm, vmEnd));
    });
  },
} as const satisfies Stage;

/** What shows the VM's interfaces: its kernel, or {@link viewOf} a list of them. */
interface LinkView {
  readonly netlink: Pick<Vm['netlink'], 'link'>;
}

/** Interfaces that were read together: one list instead of two questions to the kernel for each of 4,094 NICs. */
export function viewOf(links: readonly Link[]): LinkView {
  const byName = new Map<LinkRef, Link>(links.map((link) => [link.name, link]));
  return { netlink: { link: (name) => byName.get(name) } };
}

/** What is written on the pair, if it is there and made for this very port. Where its other end is, does not matter. */
function aliasOf({ port, vlan }: Nic, vm: LinkView): PairAlias | undefined {
  if (!port || vlan === undefined) return undefined;
  const alias = readAlias(vm.netlink.link(interfaceNames(vlan).vmEnd)?.alias);
  return alias?.portId === port.id ? alias : undefined;
}

/** Writes on a NIC's pair for which container without a Docker network it is, or that it is for none any more. */
export function markPair(nic: Nic, vm: Vm): void {
  const is = aliasOf(nic, vm);
  if (is && is.label !== nic.claim?.label) writeOnPair(nic, vm, is);
}

/** Writes on a NIC's new pair that it is plugged, or is about to be and nothing in the VM's switch is of the former one. */
export function markPlugged(nic: Nic, vm: Vm): void {
  writeOnPair(nic, vm, { isNew: false });
}

function writeOnPair({ port, claim, vlan }: Nic, vm: Vm, { isNew }: Pick<PairAlias, 'isNew'>): void {
  if (!port || vlan === undefined) return;
  const { vmEnd } = interfaceNames(vlan);
  const alias = writeAlias({ portId: port.id, isNew, label: claim?.label });
  explainLink(`cannot mark ${vmEnd}`, () => vm.netlink.setLink(vmEnd, { alias }));
}

/** The label that {@link markPair} has written on a NIC's pair. */
export function labelOnPair(nic: Nic, vm: LinkView): string | undefined {
  return aliasOf(nic, vm)?.label;
}

/** Whether there is a pair that was made for the NIC and has not been plugged. */
export function isNewPair(nic: Nic, vm: LinkView): boolean {
  return aliasOf(nic, vm)?.isNew === true;
}

/** Whether the container's end is in another namespace. That one lives: a namespace that ends takes the pair with it. */
export function isElsewhere(nic: Nic, vm: LinkView): boolean {
  return aliasOf(nic, vm) !== undefined && vm.netlink.link(namesOf(nic).containerEnd) === undefined;
}

/** Whether the pair was plugged and the container's end is back in the VM as it left, so that another container can have it. */
export function isWhole(nic: Nic, vm: LinkView): boolean {
  if (aliasOf(nic, vm)?.isNew !== false) return false;
  const end = vm.netlink.link(namesOf(nic).containerEnd);
  const { mtu } = nic.target.network;
  return end !== undefined && end.mac === nic.port?.mac_address && (mtu === undefined || end.mtu === mtu);
}

function makePair(nic: Nic, vm: Vm): void {
  if (!nic.port) return;
  const { vmEnd, containerEnd } = namesOf(nic);
  // Neutron says the MTU that the network carries (Geneve takes its share); without it the kernel's default stands.
  const { mtu: carried } = nic.target.network;
  const mtu = carried === undefined ? {} : { mtu: carried };
  const { mac_address: mac } = nic.port;
  explainLink(`cannot make ${vmEnd}`, () => {
    // Another pair of that name is a leftover: the VLAN is ours, so nobody else uses the name.
    removeLink(vm, vmEnd);
    removeLink(vm, containerEnd);
    vm.netlink.createVeth({ name: vmEnd, ...mtu, peer: { name: containerEnd, mac, ...mtu } });
    vm.netlink.setLink(vmEnd, { up: true });
    if (vm.vmSwitch.isUserspace) {
      // The userspace datapath sees frames before the kernel has filled in their checksums, and TCP would hang.
      setChecksumOffload(undefined, containerEnd, false);
      // And the VM's kernel sees what the datapath sees: it must not answer the container past the hypervisor.
      quietLink(undefined, vmEnd);
    }
    // Last: the alias says that the pair is complete. From here on it tells whose the NIC is, and its row may go.
    writeOnPair(nic, vm, { isNew: true });
  });
}

function namesOf({ vlan = 0 }: Nic): { vmEnd: string; containerEnd: string } {
  return interfaceNames(vlan);
}

export async function inTurns(nics: readonly Nic[], work: (nic: Nic) => void): Promise<void> {
  for (const [index, nic] of nics.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await setImmediate();
    work(nic);
  }
}

/** Runs netlink work; what the kernel refuses becomes `E_LINK`. */
export function explainLink(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    throw new OvnDockerError('E_LINK', `${what}: ${error.message}`, { cause: error });
  }
}
