import type { Trunk } from '@ovn-docker/openstack';
import { explained, isNotFound } from '../clients/refusals.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { withFreeVlan } from './choose-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Trunk mode: makes the port a subport of the VM's trunk under its VLAN, and the trunk on the VM's own port if there is
 * none. With port binding there is nothing left to do: the port was created with parent and tag.
 */
export const addSubport = {
  name: 'add subport',

  async up(nic, vm) {
    if (vm.mode !== 'trunk' || !nic.port) return;
    const portId = nic.port.id;
    const add = async (vlan: number) => {
      const trunk = await findOrCreateTrunk(nic, vm);
      if (trunk.sub_ports?.some(({ port_id }) => port_id === portId)) return;
      await nic.neutron.trunks.addSubports(trunk.id, [
        { port_id: portId, segmentation_type: 'vlan', segmentation_id: vlan },
      ]);
    };
    await explained(vm.trunkChanges.run(() => withFreeVlan(nic, vm, add)));
  },

  async down(nic, vm) {
    if (vm.mode !== 'trunk' || !nic.port) return;
    const portId = nic.port.id;
    const remove = async () => {
      const trunk = await findTrunk(nic, vm);
      if (!trunk) return;
      await nic.neutron.trunks.removeSubports(trunk.id, [{ port_id: portId }]).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    };
    await explained(vm.trunkChanges.run(remove));
  },
} as const satisfies Stage;

async function findTrunk(nic: Nic, vm: Vm): Promise<Trunk | undefined> {
  const [trunk] = await nic.neutron.trunks.all({ port_id: vm.vifId });
  return trunk;
}

async function findOrCreateTrunk(nic: Nic, vm: Vm): Promise<Trunk> {
  return (await findTrunk(nic, vm)) ?? nic.neutron.trunks.create({ port_id: vm.vifId, name: 'ovn-docker' });
}
