import { explained } from '../clients/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import { isByTrunk } from '../nics/parent-of.ts';
import type { Vm } from '../nics/vm.ts';
import { addAgain } from './add-subport.ts';
import { bindAgain, unbind } from './bind-again.ts';

/**
 * Takes a NIC's port from its parent and gives it back under its very VLAN, so that OVN binds it anew. When the second half
 * fails, the port is found without its parent next time.
 */
export async function reattach(nic: Nic, vm: Vm): Promise<void> {
  const { port, vlan } = nic;
  if (!port || vlan === undefined) return;
  if (isByTrunk(nic, vm)) {
    const subport = { port_id: port.id, segmentation_type: 'vlan', segmentation_id: vlan };
    await explained(vm.trunk.remove([subport]));
    await addAgain(nic, vm);
  } else {
    await unbind(nic);
    await bindAgain(nic, vm);
  }
}
