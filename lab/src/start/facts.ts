import { connect, nbSchema, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import type { Lab } from '../lab.ts';
import type { MachineName } from '../topology.ts';

/** A container's network interface in the VM's Open vSwitch. */
export interface PluggedNic {
  readonly interfaceName: string;
  readonly vlan: number | undefined;
  readonly vlanMode: string | undefined;
  readonly portId: string;
  readonly mac: string;
}

/**
 * Returns the NICs of a VM's containers, without warm ones, from the VM's Open_vSwitch database rather than
 * the agent.
 */
export async function pluggedNics(lab: Lab, vm: MachineName): Promise<PluggedNic[]> {
  await using client = await connect({ remotes: lab.vswitch(vm) });
  await using replica = await openReplica(client, vswitchSchema, {
    Port: ['name', 'tag', 'vlan_mode', 'external_ids'],
    Interface: ['name', 'external_ids'],
  });
  return [...replica.rows('Interface').values()].flatMap(({ name, external_ids: ids }) => {
    const portId = ids['iface-id'];
    const [port] = replica.find('Port', { name });
    if (portId === undefined || port?.external_ids['ovn-docker:claimed'] === undefined) return [];
    return [
      {
        interfaceName: name,
        vlan: port.tag,
        vlanMode: port.vlan_mode,
        portId,
        mac: ids['attached-mac'] ?? '',
      },
    ];
  });
}

/** A logical port in OVN Northbound. */
export interface LogicalPort {
  readonly parent: string | undefined;
  readonly tag: number | undefined;
  readonly addresses: readonly string[];
}

/** Returns a logical port; undefined if it does not exist. */
export async function logicalPort(lab: Lab, portId: string): Promise<LogicalPort | undefined> {
  await using client = await connect({ remotes: lab.northbound });
  await using replica = await openReplica(client, nbSchema, {
    Logical_Switch_Port: ['name', 'parent_name', 'tag', 'addresses'],
  });
  const [row] = replica.find('Logical_Switch_Port', { name: portId });
  return row && { parent: row.parent_name, tag: row.tag, addresses: row.addresses };
}
