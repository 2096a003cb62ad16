import type { NbTables } from '@ovn-docker/ovsdb';
import { flag, ipVersion, json, optionalText, perRow, record, standardFields, text } from './external-ids.ts';
import type { NbRows, Northbound } from './northbound.ts';
import { guardingIndexOn, idIndexOn, indexOn, present } from './row-index.ts';

const attributes = record({
  ...standardFields,
  id: text('subnet_id'),
  name: text('neutron:subnet_name'),
  network_id: text('neutron:network_id'),
  ip_version: ipVersion('neutron:ip_version'),
  enable_dhcp: flag('neutron:enable_dhcp', true),
  gateway_ip: optionalText('neutron:gateway_ip'),
  ipv6_ra_mode: optionalText('neutron:ipv6_ra_mode'),
  ipv6_address_mode: optionalText('neutron:ipv6_address_mode'),
  allocation_pools: json<readonly AllocationPool[]>('neutron:allocation_pools', []),
  dns_nameservers: json<readonly string[]>('neutron:dns_nameservers', []),
  host_routes: json<readonly HostRoute[]>('neutron:host_routes', []),
});

export const subnetsById = idIndexOn('DHCP_Options', (row) => keyOf(row, 'subnet_id'));
export const subnetsByNetwork = guardingIndexOn('DHCP_Options', (row) => keyOf(row, 'neutron:network_id'));

/** Subnets by project. */
export const subnetsByProject = indexOn('DHCP_Options', (row) => keyOf(row, 'neutron:project_id'));

/** The rows of subnets. */
export const subnetRows: NbRows = {
  columns: { DHCP_Options: ['cidr', 'options', 'external_ids'] },
  indexes: [subnetsById, subnetsByNetwork, subnetsByProject],
};

/** An inclusive range from which ports get addresses. */
export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

/** A route that DHCP sends to the hosts of the subnet. */
export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

type Attributes = ReturnType<typeof attributes.read>;

/**
 * A subnet: a DHCP_Options row, even if DHCP is off, because OVN uses the row only if a port refers to it.
 * `server_mac` is the MAC of OVN's DHCP server. `row` is the UUID of the row.
 */
export interface Subnet extends Readonly<Attributes> {
  readonly id: string;
  readonly cidr: string;
  readonly server_mac: string;
  readonly row: string;
}

const parse = perRow((row: NbTables['DHCP_Options']): Subnet => {
  return {
    ...attributes.read(row.external_ids),
    cidr: row.cidr,
    server_mac: row.options['server_mac'] ?? row.options['server_id'] ?? '',
    row: row._uuid,
  };
});

function isSubnet(row: NbTables['DHCP_Options']): boolean {
  return 'subnet_id' in row.external_ids && 'neutron:network_id' in row.external_ids;
}

const keyOf = (row: NbTables['DHCP_Options'], key: string) =>
  isSubnet(row) ? present(row.external_ids[key]) : [];

/** One subnet by id. */
export function findSubnet(nb: Northbound, id: string): Subnet | undefined {
  const [row] = nb.view.find(subnetsById, id);
  return row && parse(row);
}

/** The subnets of a network, oldest first. Ports get addresses from them in this order. */
export function subnetsOf(nb: Northbound, networkId: string): Subnet[] {
  return nb.view
    .find(subnetsByNetwork, networkId)
    .map(parse)
    .sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id));
}

/** Whether the addresses of a subnet are derived from the MACs of the ports (SLAAC or stateless DHCPv6). */
export const isAutoAddress = (subnet: Pick<Subnet, 'ipv6_address_mode'>): boolean =>
  isAutoMode(subnet.ipv6_address_mode);

/** Whether a host derives its address from its MAC in an IPv6 mode of a subnet. */
export const isAutoMode = (mode: string | null): boolean => mode === 'slaac' || mode === 'dhcpv6-stateless';

/** The columns of a subnet's row. `options` are the options that OVN's DHCP server sends. */
export function subnetColumns(subnet: Omit<Subnet, 'row'>, options: Readonly<Record<string, string>>) {
  return { cidr: subnet.cidr, options, external_ids: attributes.write(subnet) };
}
