import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { attach } from './attach.ts';
import { detach } from './detach.ts';

/** A running container, as Docker names it. */
export interface RunningContainer {
  readonly containerId: string;
  readonly pid: number;
}

/**
 * Gives a NIC to a running container as eth0. Twice for the same process is once; a new process (the container was
 * started again) means a new namespace, so the interface is made anew on the same port and VLAN.
 */
export async function enter(nic: Nic, vm: Vm, { containerId, pid }: RunningContainer): Promise<void> {
  const netns = `/proc/${pid}/ns/net`;
  if (nic.place?.netns === netns) return;
  if (nic.place) await detach(nic, vm, 'make veth');
  nic.containerId = containerId;
  nic.place = { netns, interfaceName: 'eth0' };
  await attach(nic, vm, 'enter container', 'make veth');
}
