import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { attach } from './attach.ts';
import { isWhole, makeVeth } from './make-veth.ts';

/**
 * Gives a NIC a new veth pair when its old one is gone or still in a container that has ended. Port, VLAN, row and claim
 * stay: it waits, plugged, for the next container or for the same one to be started again.
 */
export async function renew(nic: Nic, vm: Vm): Promise<void> {
  delete nic.place;
  // Only the pair: its row tells `make veth` that ovs-vswitchd must let go of the old one first.
  if (!isWhole(nic, vm)) await makeVeth.down([nic], vm);
  await attach([nic], vm, 'plug port', 'make veth');
}
