import { claimNotes } from '../nics/claim-notes.ts';
import { interfaceNames } from '../nics/names.ts';
import { isPlugged, type Nic } from '../nics/nic.ts';
import { writeLabel } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Writes the NIC's claim on its row in the VM's switch, where the next agent reads it: one OVSDB transaction.
 * Also writes the label of a `--net=none` container on the veth pair: if the row is lost, Docker does not
 * know which NIC it has.
 */
export async function writeClaim(nic: Nic, vm: Vm): Promise<void> {
  if (nic.vlan === undefined) return;
  await vm.vmSwitch.annotate(interfaceNames(nic.vlan).vmEnd, claimNotes(nic.claim));
  if (isPlugged(nic)) writeLabel(nic, vm);
}
