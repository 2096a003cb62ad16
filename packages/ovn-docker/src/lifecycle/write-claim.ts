import { rowKeys } from '../nics/names.ts';
import { isPlugged, type Nic } from '../nics/nic.ts';
import { accessPortOf } from '../nics/row-identity.ts';
import { writeLabel } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';

/**
 * Writes the NIC's claim on its row in the VM's switch, where the next agent reads it: one OVSDB transaction.
 * With it goes the note for the guard, which the row of an earlier agent may lack.
 * Also writes the label of a `--net=none` container on the veth pair: if the row is lost, Docker does not
 * know which NIC it has.
 */
export async function writeClaim(nic: Nic, vm: Vm): Promise<void> {
  if (!isPlugged(nic)) return;
  const { name, notes } = accessPortOf(nic);
  const former = vm.vmSwitch.port(name)?.externalIds[rowKeys.label];
  await vm.vmSwitch.annotate(name, notes);
  // Without either label there is none on the pair: this saves most containers a look at the kernel.
  if (former !== undefined || nic.claim?.label !== undefined) writeLabel(nic, vm);
}
