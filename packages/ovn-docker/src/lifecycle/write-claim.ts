import { markPair } from '../attach/make-veth.ts';
import { claimNotes } from '../nics/claim-notes.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Writes on the NIC's row in the VM's switch who has it now, so that the next agent knows. One OVSDB transaction. What Docker
 * could not say if that row were lost stands on its veth pair, too.
 */
export async function noteClaim(nic: Nic, vm: Vm): Promise<void> {
  if (nic.vlan === undefined) return;
  await vm.vmSwitch.annotate(interfaceNames(nic.vlan).vmEnd, claimNotes(nic.claim));
  markPair(nic, vm);
}
