import type { Port } from '@ovn-docker/openstack';
import { z } from 'zod';
import { portTags } from '../clients/neutron/port-tags.ts';
import { readRecord } from '../clients/vm-switch/read-record.ts';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { ANY, OWN } from './guarded-port.ts';
import { rowKeys } from './names.ts';
import { isPlain, type PluggedNic } from './nic.ts';

/** What a row does not say elsewhere about its port. */
const schema = z.object({
  name: z.string(),
  /** Subnet and address of each fixed IP. */
  ips: z.array(z.tuple([z.string(), z.string()])).max(64),
  /** The target's security groups; without them the project's default group applies. */
  groups: z.array(z.string()).max(1000).optional(),
  /** Another container may use the port later. */
  plain: z.literal(true).optional(),
  /** `device_owner`, which shows a subport. */
  owner: z.string().optional(),
  /** The port's own binding names the VM's port and the VLAN. */
  bound: z.literal(true).optional(),
});

/**
 * The note on a NIC's row from which {@link readPort} rebuilds the port: about 150 bytes. Security groups
 * that differ from those of the target are not in it: such a port is not plain, and Neutron knows them.
 */
export function portNote(nic: PluggedNic): string {
  const { port, target, isSpent } = nic;
  const { parent_name: parent } = port['binding:profile'] ?? {};
  return JSON.stringify({
    name: port.name,
    ips: port.fixed_ips.map(({ subnet_id, ip_address }) => [subnet_id, ip_address]),
    ...(target.securityGroups ? { groups: [...target.securityGroups] } : {}),
    ...(isPlain(nic) && !isSpent ? { plain: true } : {}),
    ...(port.device_owner ? { owner: port.device_owner } : {}),
    ...(parent === undefined ? {} : { bound: true }),
  } satisfies z.input<typeof schema>);
}

/**
 * The port of a NIC's row as the agent that wrote the row knew it; undefined when the row does not say it
 * all: an earlier agent wrote it, or another program changed it.
 */
export function readPort({ vlan, externalIds }: PluggedPort, vifId: string): Port | undefined {
  const {
    [rowKeys.ifaceId]: id,
    [rowKeys.attachedMac]: mac,
    [rowKeys.nic]: nic,
    [rowKeys.network]: network,
    [rowKeys.existing]: existing,
    [rowKeys.macs]: macs = OWN,
  } = externalIds;
  const note = readRecord(schema, externalIds[rowKeys.port]);
  if (!note || !id || !mac || !nic || !network || vlan === undefined) return undefined;
  const { name, ips, groups, plain, owner = '', bound } = note;
  const others = macs === OWN || macs === ANY ? [] : macs.split(' ');
  return {
    id,
    name,
    description: '',
    network_id: network,
    project_id: '',
    tenant_id: '',
    mac_address: mac,
    fixed_ips: ips.map(([subnet_id, ip_address]) => ({ subnet_id, ip_address })),
    ...(groups ? { security_groups: groups } : {}),
    ...(macs === ANY ? { port_security_enabled: false } : {}),
    allowed_address_pairs: others.map((mac_address) => ({ mac_address, ip_address: '0.0.0.0/0' })),
    device_id: '',
    device_owner: owner,
    ...(bound ? { 'binding:profile': { parent_name: vifId, tag: vlan } } : {}),
    admin_state_up: true,
    status: 'DOWN',
    tags: [
      portTags.ours,
      portTags.vif(vifId),
      portTags.nic(nic),
      ...(plain ? [portTags.plain] : []),
      ...(existing === undefined ? [] : [portTags.existing]),
    ],
  };
}
