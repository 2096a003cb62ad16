import { addAgain } from '../attach/add-subport.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import { bindAgain, unbind } from '../vm/parent-link/binding.ts';
import { isByTrunk } from '../vm/parent-link/parent-link.ts';
import type { Vm } from '../vm/vm.ts';

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
