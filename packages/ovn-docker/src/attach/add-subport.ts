import type { SubPort } from '@ovn-docker/openstack';
import { explained, isVlanTaken } from '../clients/neutron/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import { isByTrunk } from '../vm/parent-link/parent-link.ts';
import type { Vm } from '../vm/vm.ts';
import { withFreeVlan } from './choose-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Trunk mode: makes the ports subports of the VM's trunk under their VLANs. With port binding there is nothing left to do:
 * the port was created with parent and tag.
 */
export const addSubport = {
  name: 'add subport',

  async up(nics, vm) {
    const carried = nics.filter((nic) => isByTrunk(nic, vm));
    const subports = subportsOf(carried);
    const together = vm.trunk.add(subports);
    await explained(
      together.catch(async (error: unknown) => {
        // One of the VLANs is somebody else's; Neutron does not say which.
        if (!isVlanTaken(error)) throw error;
        for (const nic of carried) {
          await withFreeVlan(nic, vm, (vlan) => vm.trunk.add(subportsOf([{ ...nic, vlan }])));
        }
      }),
    );
  },

  async down(nics, vm) {
    await explained(vm.trunk.remove(subportsOf(nics.filter((nic) => isByTrunk(nic, vm)))));
  },
} as const satisfies Stage;

/** Adds a NIC's port to the trunk again under its very VLAN: where that is somebody else's now, all of the NIC would have to change. */
export async function addAgain(nic: Nic, vm: Vm): Promise<void> {
  for (const subport of subportsOf([nic])) await explained(vm.trunk.addAgain(subport));
}

function subportsOf(nics: readonly Pick<Nic, 'port' | 'vlan'>[]): SubPort[] {
  return nics.flatMap(({ port, vlan }) =>
    port && vlan !== undefined
      ? [{ port_id: port.id, segmentation_type: 'vlan', segmentation_id: vlan }]
      : [],
  );
}
