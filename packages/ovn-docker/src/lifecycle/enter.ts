import { attach } from '../attach/attach.ts';
import { isElsewhere } from '../attach/make-veth.ts';
import { OvnDockerError } from '../errors.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import { renew } from './renew.ts';
import { noteClaim } from './write-claim.ts';

/** A running container, as Docker names it. */
export interface RunningContainer {
  readonly containerId: string;
  readonly pid: number;
}

/**
 * Gives a NIC to a running container as eth0. Twice for the same process is once; a new process (the container was
 * started again) means a new namespace, so the interface is made anew on the same port and VLAN.
 * @throws OvnDockerError `E_NIC_UNKNOWN` when it is another container's
 */
export async function enter(nic: Nic, vm: Vm, { containerId, pid }: RunningContainer): Promise<void> {
  const netns = `/proc/${pid}/ns/net`;
  if (nic.place?.netns === netns || !nic.claim) return;
  requireOwner(nic.claim, containerId);
  if (nic.place) await renew(nic, vm);
  const isNew = nic.claim.containerId !== containerId;
  // A running container's interface is never taken from it because something could not be asked or done again.
  const undoTo = isElsewhere(nic, vm) ? 'enter container' : 'make veth';
  nic.claim.containerId = containerId;
  nic.place = { netns, interfaceName: 'eth0' };
  await attach([nic], vm, 'enter container', undoTo);
  if (isNew) await noteClaim(nic, vm);
}

function requireOwner({ containerId: owner }: Claim, containerId: string): void {
  if (owner === undefined || owner === containerId) return;
  throw new OvnDockerError(
    'E_NIC_UNKNOWN',
    `the network interface with the label of container ${containerId.slice(0, 12)} is container ${owner.slice(0, 12)}'s`,
    { hint: 'it is a copy with the labels of the other one: start it with `ovn-docker run`' },
  );
}
