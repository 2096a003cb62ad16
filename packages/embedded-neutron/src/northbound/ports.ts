import type { NbTables } from '@ovn-docker/ovsdb';
import { contains, parsePrefix } from '../addresses/addresses.ts';
import { json, optionalNumber, optionalText, perRow, record, standardFields, text } from './external-ids.ts';
import { switchName } from './networks.ts';
import type { NbRows, Northbound } from './northbound.ts';
import {
  addressKey,
  portRowIndexes,
  portsByAddress,
  portsByGroup,
  portsById,
  portsByIp,
  portsByMac,
  portsByParent,
  portsBySubnet,
  portsByVlan,
  vlanKey,
} from './port-indexes.ts';
import type { Subnet } from './subnets.ts';

/** An address of a port. */
export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

/** An additional address that a port may send from (extension `allowed-address-pairs`). */
export interface AddressPair {
  readonly mac_address: string;
  readonly ip_address: string;
}

const attributes = record({
  ...standardFields,
  name: text('neutron:port_name'),
  network_name: text('neutron:network_name'),
  mac_address: text('neutron:mac_address'),
  device_id: text('neutron:device_id'),
  device_owner: text('neutron:device_owner'),
  cidrs: text('neutron:cidrs'),
  security_group_ids: text('neutron:security_group_ids'),
  fixed_ips: json<readonly FixedIp[]>('neutron:fixed_ips', []),
  allowed_address_pairs: json<readonly AddressPair[]>('neutron:allowed_address_pairs', []),
  port_security_enabled: json<boolean>('neutron:port_security_enabled', true),
  dns_name: text('neutron:dns_name'),
  vnic_type: text('neutron:vnic_type'),
  host_id: text('neutron:host_id'),
  /** The keys of binding:profile without parent_name and tag, for which OVN has columns. */
  profile: json<Readonly<Record<string, unknown>>>('neutron:binding_profile', {}),
  /** The trunk that this port is a subport of. */
  trunk_id: optionalText('neutron:subport_of_trunk'),
  /** The port's place in its project's quota, if it was created under a limit. */
  quota_place: optionalNumber('neutron:quota_place'),
});

/** The rows of ports. The other columns are only written. */
export const portRows: NbRows = {
  columns: { Logical_Switch_Port: ['name', 'parent_name', 'tag', 'up', 'enabled', 'external_ids'] },
  indexes: portRowIndexes,
};

type Attributes = ReturnType<typeof attributes.read>;

/**
 * A port: the Logical_Switch_Port whose name is the port's id, as in ML2/OVN. `row` is the UUID of its row.
 */
export interface Port extends Omit<Readonly<Attributes>, 'network_name' | 'cidrs' | 'security_group_ids'> {
  readonly id: string;
  readonly network_id: string;
  readonly security_groups: readonly string[];
  readonly admin_state_up: boolean;
  /** The vif-id of the parent, if the port is nested by binding:profile or as a subport. */
  readonly parent_name: string | undefined;
  /** The VLAN of a nested port. */
  readonly tag: number | undefined;
  readonly up: boolean;
  readonly row: string;
}

/** The attributes of a port without those that OVN sets. */
export type PortDraft = Omit<Port, 'row' | 'up'>;

const parse = perRow((row: NbTables['Logical_Switch_Port']): Port => {
  const { network_name, cidrs: _, security_group_ids, ...rest } = attributes.read(row.external_ids);
  return {
    ...rest,
    id: row.name,
    network_id: network_name.slice('neutron-'.length),
    security_groups: security_group_ids === '' ? [] : security_group_ids.split(' '),
    admin_state_up: row.enabled !== false,
    parent_name: row.parent_name,
    tag: row.tag,
    up: row.up === true,
    row: row._uuid,
  };
});

/** The row of a port. */
export function findPortRow(nb: Northbound, id: string): NbTables['Logical_Switch_Port'] | undefined {
  return nb.view.find(portsById, id)[0];
}

/** One port by id. */
export function findPort(nb: Northbound, id: string): Port | undefined {
  const row = findPortRow(nb, id);
  return row && parse(row);
}

/** Whether a hypervisor has bound the port, or is to bind it: the port's VM runs. */
export const isBound = ({ host_id, up }: Port): boolean => host_id !== '' || up;

/** The ports of a network that have an address. */
export const portsWithIp = (nb: Northbound, networkId: string, ip: string): Port[] =>
  nb.view
    .find(portsByIp, ip)
    .map(parse)
    .filter(({ network_id }) => network_id === networkId);

/** The port that has an address of a subnet. */
export function portWithAddress(nb: Northbound, subnetId: string, address: string): Port | undefined {
  return nb.view.find(portsByAddress, addressKey(subnetId, address)).map(parse)[0];
}

/** The port that has a MAC address on a network. */
export function portWithMac(nb: Northbound, networkId: string, mac: string): Port | undefined {
  return nb.view
    .find(portsByMac, mac)
    .map(parse)
    .find((port) => port.network_id === networkId);
}

/** The ports nested under a port, as subports or by binding:profile. */
export function nestedUnder(nb: Northbound, parentId: string): Port[] {
  return nb.view.find(portsByParent, parentId).map(parse);
}

/** Whether ports are nested under a port. */
export const hasNested = (nb: Northbound, parentId: string): boolean =>
  nb.view.count(portsByParent, parentId) > 0;

/** The port that has a VLAN under a parent. */
export function nestedWithVlan(nb: Northbound, parentId: string, vlan: number): Port | undefined {
  return nb.view.find(portsByVlan, vlanKey(parentId, vlan)).map(parse)[0];
}

/** Whether ports of a security group exist. */
export const hasPortsOfGroup = (nb: Northbound, groupId: string): boolean =>
  nb.view.count(portsByGroup, groupId) > 0;

/** The number of ports that have addresses of a subnet. */
export const countPortsIn = (nb: Northbound, subnetId: string): number =>
  nb.view.count(portsBySubnet, subnetId);

/** The present external_ids of a port's row. Besides the port's own keys, they contain those of a trunk. */
export function portExternalIds(nb: Northbound, id: string): Readonly<Record<string, string>> {
  return findPortRow(nb, id)?.external_ids ?? {};
}

/** The columns of a port's row. `subnets` are those of its network. */
export function portColumns(
  port: PortDraft,
  subnets: readonly Subnet[],
  before: Readonly<Record<string, string>> = {},
) {
  const ips = port.fixed_ips.map(({ ip_address }) => ip_address);
  const own = [port.mac_address, ...ips].join(' ');
  const pairMacs = new Set(port.allowed_address_pairs.map(({ mac_address }) => mac_address));
  pairMacs.delete(port.mac_address);
  const v4 = subnets.find(
    (subnet) =>
      subnet.ip_version === 4 &&
      subnet.enable_dhcp &&
      port.fixed_ips.some(({ subnet_id }) => subnet_id === subnet.id),
  );
  return {
    name: port.id,
    type: '',
    addresses: [own, ...pairMacs, ...(port.port_security_enabled ? [] : ['unknown'])],
    port_security: port.port_security_enabled ? portSecurity(own, port) : [],
    enabled: port.admin_state_up,
    parent_name: port.parent_name,
    tag: port.tag,
    dhcpv4_options: v4?.row,
    options: {
      mcast_flood_reports: 'true',
      ...(port.host_id === '' ? {} : { 'requested-chassis': port.host_id }),
    },
    external_ids: attributes.write(
      {
        ...port,
        network_name: switchName(port.network_id),
        cidrs: cidrs(port, subnets),
        security_group_ids: port.security_groups.join(' '),
      },
      before,
    ),
  };
}

/** One entry per MAC, with all addresses that it may send from (ovn-nb(5), port_security). */
function portSecurity(own: string, port: PortDraft): string[] {
  const byMac = new Map([[port.mac_address, own]]);
  for (const { mac_address, ip_address } of port.allowed_address_pairs) {
    byMac.set(mac_address, `${byMac.get(mac_address) ?? mac_address} ${ip_address}`);
  }
  return [...byMac.values()];
}

function cidrs(port: PortDraft, subnets: readonly Subnet[]): string {
  const prefixes = subnets.flatMap((subnet) => parsePrefix(subnet.cidr) ?? []);
  return port.fixed_ips
    .map(({ ip_address }) => {
      const prefix = prefixes.find((candidate) => contains(candidate, ip_address));
      return prefix ? `${ip_address}/${prefix.length}` : ip_address;
    })
    .join(' ');
}
