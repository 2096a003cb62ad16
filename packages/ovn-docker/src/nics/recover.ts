import type { Neutron, Port } from '@ovn-docker/openstack';
import { explained } from '../clients/refusals.ts';
import { nicIdOf, portTags, rowKeys } from './names.ts';
import type { Nic } from './nic.ts';
import type { Vm } from './vm.ts';

/**
 * Finds every NIC that an agent of this VM made before, from what is there: Neutron knows the ports, the trunk or the
 * binding profile their VLANs, the VM's switch what is plugged and for whom.
 */
export async function recoverNics(neutron: Neutron, vm: Pick<Vm, 'vifId' | 'vmSwitch'>): Promise<Nic[]> {
  const ports = await explained(neutron.ports.all({ tags: portTags.vif(vm.vifId) }));
  const vlans = await vlansOfSubports(neutron, vm.vifId);
  const plugged = new Map(vm.vmSwitch.ports().map((row) => [row.externalIds[rowKeys.ifaceId], row]));
  const networks = new Map<string, Pick<Nic, 'network' | 'subnets'>>();
  const nics: Nic[] = [];
  for (const port of ports) {
    const id = nicIdOf(port.tags);
    if (!id) continue;
    const on = networks.get(port.network_id) ?? (await networkOf(neutron, port));
    networks.set(port.network_id, on);
    const row = plugged.get(port.id);
    const vlan = row?.vlan ?? vlans.get(port.id) ?? vlanOfBinding(port);
    const endpointId = row?.externalIds[rowKeys.endpoint];
    const containerId = row?.externalIds[rowKeys.container];
    nics.push({
      id,
      neutron,
      ...on,
      wants: { name: port.name },
      since: Date.now(),
      port,
      ...(vlan === undefined ? {} : { vlan }),
      ...(endpointId === undefined ? {} : { endpointId }),
      ...(containerId === undefined ? {} : { containerId }),
    });
  }
  return nics;
}

/** VLANs that are taken under the VM's port, by us or by others: subports of its trunk, ports of the VM's switch. */
export async function usedVlans(neutron: Neutron, vm: Pick<Vm, 'vifId' | 'vmSwitch'>): Promise<number[]> {
  const subports = await vlansOfSubports(neutron, vm.vifId);
  const ports = await explained(neutron.ports.all({ tags: portTags.vif(vm.vifId) }));
  const bound = ports.map(vlanOfBinding);
  const tagged = vm.vmSwitch.ports().map(({ vlan }) => vlan);
  return [...subports.values(), ...bound, ...tagged].filter((vlan) => vlan !== undefined);
}

async function vlansOfSubports(neutron: Neutron, vifId: string): Promise<Map<string, number>> {
  const [trunk] = await explained(neutron.trunks.all({ port_id: vifId }));
  return new Map(trunk?.sub_ports?.map((subport) => [subport.port_id, subport.segmentation_id]));
}

async function networkOf(neutron: Neutron, port: Port): Promise<Pick<Nic, 'network' | 'subnets'>> {
  const network = await explained(neutron.networks.get(port.network_id));
  const subnets = await explained(neutron.subnets.all({ network_id: port.network_id }));
  return { network, subnets };
}

function vlanOfBinding(port: Port): number | undefined {
  const tag = port['binding:profile']?.['tag'];
  return typeof tag === 'number' ? tag : undefined;
}
