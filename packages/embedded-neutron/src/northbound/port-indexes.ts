import type { NbTables } from '@ovn-docker/ovsdb';
import { type AnyIndex, idIndexOn, indexOn, present } from './row-index.ts';

type PortRow = NbTables['Logical_Switch_Port'];

const NONE: readonly string[] = [];

/** Whether a row is a port of this service. Localnet ports and ports of other programs are not. */
export const isPort = (row: PortRow): boolean => 'neutron:network_name' in row.external_ids;

/** An index on one pair of external_ids. */
const byPair = (key: string) =>
  indexOn('Logical_Switch_Port', (row) => (isPort(row) ? present(row.external_ids[key]) : NONE));

const networkOf = (row: PortRow): string =>
  row.external_ids['neutron:network_name']?.slice('neutron-'.length) ?? '';

/** Most of the time of JSON.parse is saved for the frequent value. */
function listIn<T>(row: PortRow, key: string): readonly T[] {
  const text = row.external_ids[key];
  return text === undefined || text === '[]' ? [] : (JSON.parse(text) as readonly T[]);
}

interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

const fixedIpsOf = (row: PortRow) => (isPort(row) ? listIn<FixedIp>(row, 'neutron:fixed_ips') : []);

export const portsById = idIndexOn('Logical_Switch_Port', (row) => (isPort(row) ? [row.name] : NONE));
export const portsByNetwork = indexOn('Logical_Switch_Port', (row) =>
  isPort(row) ? [networkOf(row)] : NONE,
);
export const portsByParent = indexOn('Logical_Switch_Port', (row) =>
  row.parent_name !== undefined && isPort(row) ? [row.parent_name] : NONE,
);

/** Key of {@link portsByVlan}. */
export const vlanKey = (parentId: string, vlan: number): string => `${parentId} ${vlan}`;
export const portsByVlan = indexOn('Logical_Switch_Port', (row) =>
  row.parent_name !== undefined && row.tag !== undefined && isPort(row)
    ? [vlanKey(row.parent_name, row.tag)]
    : NONE,
);

export const portsByProject = byPair('neutron:project_id');

/** Key of {@link portsByAddress}. */
export const addressKey = (subnetId: string, address: string): string => `${subnetId} ${address}`;
export const portsByAddress = indexOn('Logical_Switch_Port', (row) =>
  fixedIpsOf(row).map(({ subnet_id, ip_address }) => addressKey(subnet_id, ip_address)),
);
export const portsBySubnet = indexOn('Logical_Switch_Port', (row) => [
  ...new Set(fixedIpsOf(row).map(({ subnet_id }) => subnet_id)),
]);

export const portsByIp = indexOn('Logical_Switch_Port', (row) =>
  fixedIpsOf(row).map(({ ip_address }) => ip_address),
);
export const portsByMac = byPair('neutron:mac_address');
export const portsByName = byPair('neutron:port_name');
export const portsByDevice = byPair('neutron:device_id');
export const portsByTag = indexOn('Logical_Switch_Port', (row) =>
  isPort(row) ? [...new Set(listIn<string>(row, 'neutron:tags'))] : NONE,
);

/** The ports of a security group. */
export const portsByGroup = indexOn('Logical_Switch_Port', (row) => {
  const groups = row.external_ids['neutron:security_group_ids'];
  return groups === undefined || groups === '' ? NONE : groups.split(' ');
});

/** Places in quotas are counted in blocks of these sizes. */
export const PLACE_BLOCKS = [8192, 256] as const;

/** Key of {@link portsByPlace}, for the `size` places from `first` on. */
export const placeKey = (projectId: string, size: number, first: number): string =>
  `${projectId} ${size} ${first}`;
export const portsByPlace = indexOn('Logical_Switch_Port', (row) => {
  const text = isPort(row) ? row.external_ids['neutron:quota_place'] : undefined;
  if (text === undefined) return NONE;
  const place = Number(text);
  const project = row.external_ids['neutron:project_id'] ?? '';
  return [1, ...PLACE_BLOCKS].map((size) => placeKey(project, size, place - (place % size)));
});

/** The indexes on ports. */
export const portRowIndexes: readonly AnyIndex[] = [
  portsById,
  portsByNetwork,
  portsByParent,
  portsByVlan,
  portsByProject,
  portsByAddress,
  portsBySubnet,
  portsByIp,
  portsByMac,
  portsByName,
  portsByDevice,
  portsByTag,
  portsByGroup,
  portsByPlace,
];
