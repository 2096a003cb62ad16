import { json, record, type Standard } from './external-ids.ts';
import type { NbRows, Northbound } from './northbound.ts';
import { findPort, findPortRow, nestedUnder, type Port } from './ports.ts';
import { idIndexOn, indexOn, present } from './row-index.ts';

/** The record of a trunk, as it is stored in the row of its parent port. */
interface TrunkRecord extends Standard {
  readonly name: string;
  readonly admin_state_up: boolean;
}

/**
 * A trunk: a record on the parent's Logical_Switch_Port. The rows of its subports have `parent_name` and
 * `tag`.
 */
export interface Trunk extends TrunkRecord {
  readonly port_id: string;
  /** Sorted by segmentation id. */
  readonly sub_ports: readonly SubPort[];
}

/** A port whose frames have a VLAN tag on the trunk's parent port. */
export interface SubPort {
  readonly port_id: string;
  readonly segmentation_type: 'vlan';
  readonly segmentation_id: number;
}

/** The key of the trunk's record in external_ids of the parent port. */
const TRUNK_KEY = 'neutron:trunk';
const TRUNK_ID_KEY = 'neutron:trunk_id';

export const trunksById = idIndexOn('Logical_Switch_Port', (row) => present(row.external_ids[TRUNK_ID_KEY]));
/** The parent ports of the trunks of a project. */
export const trunksByProject = indexOn('Logical_Switch_Port', (row) => {
  const { trunk } = TRUNK_KEY in row.external_ids ? attributes.read(row.external_ids) : { trunk: null };
  return trunk === null ? [] : [trunk.project_id];
});

/** The rows of trunks: those of their parent ports. */
export const trunkRows: NbRows = {
  columns: { Logical_Switch_Port: ['name', 'external_ids'] },
  indexes: [trunksById, trunksByProject],
};

const attributes = record({ trunk: json<TrunkRecord | null>(TRUNK_KEY, null) });

/** One trunk by id. */
export function findTrunk(nb: Northbound, id: string): Trunk | undefined {
  const [row] = nb.view.find(trunksById, id);
  return row ? trunkOn(nb, row.name) : undefined;
}

/** The trunk whose parent is this port. */
export function trunkOn(nb: Northbound, portId: string): Trunk | undefined {
  const row = findPortRow(nb, portId);
  if (row === undefined || !(TRUNK_KEY in row.external_ids)) return undefined;
  const { trunk } = attributes.read(row.external_ids);
  return trunk === null
    ? undefined
    : { ...trunk, port_id: portId, sub_ports: subPorts(nb, trunk.id, portId) };
}

/** The pairs of a trunk's record in external_ids of the parent port. */
export function trunkPairs(trunk: TrunkRecord): Record<string, string> {
  const { id, project_id, description, tags, created_at, updated_at, revision_number, name, admin_state_up } =
    trunk;
  const stored: TrunkRecord = {
    id,
    project_id,
    description,
    tags,
    created_at,
    updated_at,
    revision_number,
    name,
    admin_state_up,
  };
  return { [TRUNK_KEY]: JSON.stringify(stored), [TRUNK_ID_KEY]: trunk.id };
}

/** The keys of {@link trunkPairs}. */
export const trunkKeys = [TRUNK_KEY, TRUNK_ID_KEY] as const;

/** The parent port of a trunk. */
export function parentOf(nb: Northbound, trunk: Trunk): Port | undefined {
  return findPort(nb, trunk.port_id);
}

function subPorts(nb: Northbound, trunkId: string, parentId: string): SubPort[] {
  return nestedUnder(nb, parentId)
    .filter((port) => port.trunk_id === trunkId && port.tag !== undefined)
    .map((port): SubPort => ({ port_id: port.id, segmentation_type: 'vlan', segmentation_id: port.tag ?? 0 }))
    .sort((a, b) => a.segmentation_id - b.segmentation_id);
}
