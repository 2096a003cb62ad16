import type { PortCreate } from '@ovn-docker/openstack';
import { explained, isNotFound } from '../clients/refusals.ts';
import { portTags } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../nics/vm.ts';
import { withFreeVlan } from './choose-vlan.ts';
import type { Stage } from './stage.ts';

/**
 * Has Neutron create the logical port. Neutron is the IPAM: MAC and IP addresses are its answer. With port binding the
 * same call carries the vif-id and the VLAN.
 */
export const createPort = {
  name: 'create port',

  async up(nic, vm) {
    if (nic.port) return;
    const create = (vlan: number) => nic.neutron.ports.create(portBody(nic, vm, vlan));
    nic.port = await explained(withFreeVlan(nic, vm, create));
  },

  async down(nic) {
    if (!nic.port && nic.vlan === undefined) return;
    // A request that was never answered may have made a port all the same; the mark finds it.
    const made = nic.port
      ? [nic.port]
      : await explained(nic.neutron.ports.all({ tags: portTags.nic(nic.id) }));
    for (const { id } of made) await explained(remove(nic, id));
    delete nic.port;
  },
} as const satisfies Stage;

async function remove(nic: Nic, portId: string): Promise<void> {
  await nic.neutron.ports.delete(portId).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

function portBody(nic: Nic, vm: Vm, vlan: number): PortCreate {
  const { name, mac } = nic.wants;
  const fixedIps = wantedFixedIps(nic);
  return {
    network_id: nic.network.id,
    name,
    tags: [portTags.ours, portTags.vif(vm.vifId), portTags.nic(nic.id)],
    ...(fixedIps ? { fixed_ips: fixedIps } : {}),
    ...(mac === undefined ? {} : { mac_address: mac }),
    ...(vm.mode === 'port-binding' ? { 'binding:profile': { parent_name: vm.vifId, tag: vlan } } : {}),
  };
}

/** Nothing asked: Neutron gives one address of each IP version. On a shared network a tenant may ask for no more than the subnet. */
function wantedFixedIps({ wants }: Nic): { subnet_id?: string; ip_address?: string }[] | undefined {
  const { subnetId, address } = wants;
  if (subnetId === undefined && address === undefined) return undefined;
  return [
    {
      ...(subnetId === undefined ? {} : { subnet_id: subnetId }),
      ...(address === undefined ? {} : { ip_address: address }),
    },
  ];
}
