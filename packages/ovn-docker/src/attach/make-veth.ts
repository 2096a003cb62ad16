import { setImmediate } from 'node:timers/promises';
import { type Link, type LinkRef, NetlinkError, quietLink, setChecksumOffload } from '@ovn-docker/netlink';
import { OvnDockerError } from '../errors.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { removeLink } from './remove-link.ts';
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
    const missing = nics.filter((nic) => !hasPair(nic, vm));
    // Rows that outlived their pair: ovs-vswitchd would go on with the interface that it opened then.
    await vm.vmSwitch.unplug(
      missing.map((nic) => namesOf(nic).vmEnd),
      { settled: true },
    );
    await inTurns(missing, (nic) => makePair(nic, vm));
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

/** Whether the pair is there, made for this very port. Where its other end is, does not matter. */
function hasPair(nic: Nic, vm: LinkView): boolean {
  return (
    nic.port !== undefined && readAlias(vm.netlink.link(namesOf(nic).vmEnd)?.alias)?.portId === nic.port.id
  );
}

/** Writes on a NIC's pair for which container without a Docker network it is, or that it is for none any more. */
export function markPair(nic: Nic, vm: Vm): void {
  const { vmEnd } = namesOf(nic);
  if (!nic.port || !hasPair(nic, vm)) return;
  const alias = aliasOf(nic.port.id, nic.claim?.label);
  if (vm.netlink.link(vmEnd)?.alias === alias) return;
  explainLink(`cannot mark ${vmEnd}`, () => vm.netlink.setLink(vmEnd, { alias }));
}

/** The label that {@link markPair} has written on a NIC's pair. */
export function labelOnPair(nic: Nic, vm: LinkView): string | undefined {
  return hasPair(nic, vm) ? readAlias(vm.netlink.link(namesOf(nic).vmEnd)?.alias)?.label : undefined;
}

/** Whether the container's end is in another namespace. That one lives: a namespace that ends takes the pair with it. */
export function isElsewhere(nic: Nic, vm: LinkView): boolean {
  return hasPair(nic, vm) && vm.netlink.link(namesOf(nic).containerEnd) === undefined;
}

/** Whether the container's end is back in the VM as it left, so that another container can have it. */
export function isWhole(nic: Nic, vm: LinkView): boolean {
  if (!hasPair(nic, vm)) return false;
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
  const { id: portId, mac_address: mac } = nic.port;
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
    // Last: the alias says that the pair is complete.
    vm.netlink.setLink(vmEnd, { alias: aliasOf(portId, nic.claim?.label) });
  });
}

/**
 * The alias by which a veth pair is known as ours, and whose it is. Docker knows which of its endpoints has which MAC address;
 * of a container without a Docker network it knows a label only, so that is here too: the row that says it may be lost.
 */
function aliasOf(portId: string, label?: string): string {
  return label === undefined ? `ovn-docker ${portId}` : `ovn-docker ${portId} ${label}`;
}

/** What an alias of ours says; undefined for what is not ours. */
export function readAlias(alias: string | undefined): { portId: string; label?: string } | undefined {
  const [ours, portId, label] = (alias ?? '').split(' ');
  if (ours !== 'ovn-docker' || !portId) return undefined;
  return label === undefined ? { portId } : { portId, label };
}

function namesOf({ vlan = 0 }: Nic): { vmEnd: string; containerEnd: string } {
  return interfaceNames(vlan);
}

async function inTurns(nics: readonly Nic[], work: (nic: Nic) => void): Promise<void> {
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
