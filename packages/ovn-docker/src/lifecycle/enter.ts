import { attach } from '../attach/attach.ts';
import { shortId } from '../clients/short-id.ts';
import { OvnDockerError } from '../errors.ts';
import type { Claim, Nic } from '../nics/nic.ts';
import { isElsewhere } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';
import { renew } from './renew.ts';
import { writeClaim } from './write-claim.ts';

/** A running container, as Docker identifies it. */
export interface RunningContainer {
  readonly containerId: string;
  readonly pid: number;
  /** Whether the user disabled IPv6 in the container. */
  readonly withoutIpv6?: boolean | undefined;
}

/**
 * Puts a NIC into a running container as eth0. A second call for the same process changes nothing. A new
 * process means that the container was started again in a new namespace: the veth pair is then made again on
 * the same port and VLAN.
 * @throws OvnDockerError `E_NIC_UNKNOWN` when the NIC belongs to another container
 */
export async function enter(nic: Nic, vm: Vm, running: RunningContainer): Promise<void> {
  const { containerId, pid, withoutIpv6 = false } = running;
  const netns = `/proc/${pid}/ns/net`;
  if (nic.place?.netns === netns || !nic.claim) return;
  requireOwner(nic.claim, containerId);
  if (nic.place) await renew(nic, vm);
  const isNew = nic.claim.containerId !== containerId;
  // A running container keeps its interface even when a stage before this one fails.
  const undoTo = isElsewhere(nic, vm) ? 'enter container' : 'make veth';
  nic.claim.containerId = containerId;
  nic.place = { netns, interfaceName: 'eth0', withoutIpv6 };
  await attach([nic], vm, 'enter container', undoTo);
  if (isNew) await writeClaim(nic, vm);
}

function requireOwner({ containerId: owner }: Claim, containerId: string): void {
  if (owner === undefined || owner === containerId) return;
  throw new OvnDockerError(
    'E_NIC_UNKNOWN',
    `the network interface with the label of container ${shortId(containerId)} is container ${shortId(owner)}'s`,
    {
      hint: "the container was made from an image with the other container's labels: start it with `ovn-docker run`",
    },
  );
}
