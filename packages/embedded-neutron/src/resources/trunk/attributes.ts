import type { Body } from '../../api/resource.ts';
import type { AttributeTable, Schema } from '../../attributes/attributes.ts';
import { Invalid, type Parse } from '../../attributes/parse.ts';
import { printed } from '../../attributes/python-text.ts';
import { bool, integer, isObject, tags, text, uuid } from '../../attributes/validators.ts';
import { NeutronError, neutronError } from '../../errors.ts';

/** A subport in a request, whose keys are checked but not its segmentation. */
export interface SubPortRequest extends Body {
  readonly port_id: string;
}

/** Reads a list of subports, as Neutron's API does before it looks at the trunk. */
const subPortRequests: Parse<readonly SubPortRequest[]> = (value) => {
  if (!Array.isArray(value)) {
    throw new Invalid(`Invalid data format for subports: '${printed(value)}' is not a list`);
  }
  const [ports, ids] = [new Set<string>(), new Set<string>()];
  return value.map((item: unknown) => {
    if (!isObject(item)) {
      throw new Invalid(`Invalid data format for subport: '${printed(item)}' is not a dict`);
    }
    const port_id = portOf(item);
    if (ports.has(port_id)) throw new Invalid(`Non unique UUID for subport: '${port_id}'`);
    ports.add(port_id);
    requireSegmentation(item, ids);
    return { ...item, port_id };
  });
};

function portOf(item: Body): string {
  if (!Object.hasOwn(item, 'port_id')) throw new Invalid('A valid port UUID must be specified');
  try {
    return uuid(item['port_id']);
  } catch {
    throw new Invalid(`Invalid UUID for subport: '${printed(item['port_id'])}'`);
  }
}

/** remove_subports needs no segmentation; a part of one is refused. `ids` are those of the other subports. */
function requireSegmentation(item: Body, ids: Set<string>): void {
  const { segmentation_type: type, segmentation_id: id } = item;
  if (type === 'inherit' || Object.keys(item).length === 1) return;
  if (!type || id === undefined || id === null) throw new Invalid(missingSegmentation(item));
  const key = JSON.stringify([type, id]);
  if (ids.has(key)) {
    throw new Invalid(`Segmentation ID '${printed(id)}' for '${printed(item['port_id'])}' is not unique`);
  }
  ids.add(key);
}

const missingSegmentation = (item: Body): string =>
  `Invalid subport details '${printed(item)}': missing segmentation information. ` +
  'Must specify both segmentation_id and segmentation_type';

/** Networking API v2.0, "Trunk networking". */
export const trunkAttributes = {
  admin_state_up: { type: bool, initial: true, put: true },
  name: { type: text(), initial: '', put: true },
  port_id: { type: uuid, required: true },
  sub_ports: { type: subPortRequests, initial: [] },
  description: { type: text(), initial: '', put: true },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;

/** Trunks as requests see them. */
export const trunkSchema = {
  singular: 'trunk',
  attributes: trunkAttributes,
  readOnly: ['status'],
} satisfies Schema<typeof trunkAttributes>;

/** Reads `sub_ports` of add_subports or remove_subports. @throws NeutronError InvalidInput */
export function parseSubPortRequests(given: unknown): readonly SubPortRequest[] {
  try {
    return subPortRequests(given);
  } catch (error) {
    throw error instanceof Invalid ? invalid(error.message) : error;
  }
}

/**
 * Reads the VLAN of a subport. Other segmentations do not exist: OVN has no other.
 *
 * @throws NeutronError InvalidInput
 */
export function vlanOf(request: SubPortRequest): number {
  const { segmentation_type: type, segmentation_id } = request;
  // Tenant networks are never VLAN networks here, so a subport has no VLAN to inherit.
  if (type === 'inherit') throw invalid("Unknown segmentation_type 'geneve'");
  if (type === undefined) throw invalid(missingSegmentation(request));
  const id = segmentationId(segmentation_id);
  if (type !== 'vlan') throw invalid(`Unknown segmentation_type '${printed(type)}'`);
  if (id < 1 || id > 4094) throw invalid(`Segmentation ID '${id}' is not in range`);
  return id;
}

function segmentationId(value: unknown): number {
  try {
    return integer(value);
  } catch (error) {
    if (!(error instanceof NeutronError)) throw error;
    throw invalid(`Invalid subport details: segmentation_id '${printed(value)}' is not an integer`);
  }
}

const invalid = (message: string) => neutronError('InvalidInput', message);
