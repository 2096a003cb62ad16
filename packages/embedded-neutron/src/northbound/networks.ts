import type { NbTables } from '@ovn-docker/ovsdb';
import {
  flag,
  number,
  optionalNumber,
  optionalText,
  perRow,
  record,
  standardFields,
  text,
} from './external-ids.ts';
import type { NbRows, Northbound } from './northbound.ts';
import { idIndexOn, indexOn, present } from './row-index.ts';

const attributes = record({
  ...standardFields,
  name: text('neutron:network_name'),
  mtu: number('neutron:mtu'),
  admin_state_up: flag('neutron:admin_state_up', true),
  shared: flag('neutron:shared', false),
  'router:external': flag('neutron:router_external', false),
  is_default: flag('neutron:is_default', false),
  port_security_enabled: flag('neutron:port_security_enabled', true),
  dns_domain: text('neutron:dns_domain'),
  'provider:network_type': text('neutron:provider_network_type'),
  'provider:physical_network': optionalText('neutron:provider_physical_network'),
  'provider:segmentation_id': optionalNumber('neutron:provider_segmentation_id'),
});

export const networksById = idIndexOn('Logical_Switch', (row) => (isNetwork(row) ? [idOf(row)] : []));
export const networksByName = indexOn('Logical_Switch', (row) =>
  isNetwork(row) ? present(row.external_ids['neutron:network_name']) : [],
);

/** Networks by project. */
export const networksByProject = indexOn('Logical_Switch', (row) =>
  isNetwork(row) ? present(row.external_ids['neutron:project_id']) : [],
);

type Attributes = ReturnType<typeof attributes.read>;

/** A network: the Logical_Switch `neutron-<id>`, as in ML2/OVN. `row` is the UUID of its row. */
export interface Network extends Readonly<Attributes> {
  readonly id: string;
  readonly row: string;
}

/** The name of a network's Logical_Switch. Each of its ports stores it as `neutron:network_name`. */
export const switchName = (networkId: string): string => `neutron-${networkId}`;

const parse = perRow((row: NbTables['Logical_Switch']): Network => {
  return { ...attributes.read(row.external_ids), id: idOf(row), row: row._uuid };
});

const idOf = (row: NbTables['Logical_Switch']): string => row.name.slice('neutron-'.length);

function isNetwork(row: NbTables['Logical_Switch']): boolean {
  return row.name.startsWith('neutron-') && 'neutron:network_name' in row.external_ids;
}

/** How the hypervisors carry a network: a tunnel, or a physical network, with a VLAN or without. */
export type Segment = Pick<
  Attributes,
  'provider:network_type' | 'provider:physical_network' | 'provider:segmentation_id'
>;

/** Key of {@link networksBySegment}. */
export const segmentKey = (segment: Segment): string =>
  JSON.stringify([
    segment['provider:network_type'],
    segment['provider:physical_network'],
    segment['provider:segmentation_id'],
  ]);
export const networksBySegment = indexOn('Logical_Switch', (row) =>
  isNetwork(row) ? [segmentKey(parse(row))] : [],
);

/** The rows of networks. */
export const networkRows: NbRows = {
  columns: { Logical_Switch: ['name', 'external_ids'] },
  indexes: [networksById, networksByName, networksByProject, networksBySegment],
};

/** All networks. */
export function listNetworks(nb: Northbound): Network[] {
  return [...nb.view.rows('Logical_Switch')].filter(isNetwork).map(parse);
}

/** One network by id. */
export function findNetwork(nb: Northbound, id: string): Network | undefined {
  const [row] = nb.view.find(networksById, id);
  return row && parse(row);
}

/** The columns of a network's row. */
export function networkColumns(network: Omit<Network, 'row'>) {
  return {
    name: switchName(network.id),
    external_ids: attributes.write(network),
    other_config: { mcast_snoop: 'false', mcast_flood_unregistered: 'false', 'vlan-passthru': 'false' },
  };
}
