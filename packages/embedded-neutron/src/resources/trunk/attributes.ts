import { z } from 'zod';
import { isObject } from '../../api/read-body.ts';
import type { Body } from '../../api/resource.ts';
import type { AttributeTable } from '../../attributes/attributes.ts';
import { bool, tags, text, uuid } from '../../attributes/validators.ts';
import { neutronError } from '../../errors.ts';
import type { SubPort } from '../../northbound/trunks.ts';

/** Networking API v2.0, "Trunk networking". */
export const trunkAttributes = {
  port_id: { type: uuid, required: true },
  name: { type: text(), initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  admin_state_up: { type: bool, initial: true, put: true },
  sub_ports: { type: z.array(z.unknown(), { error: 'it is not a list' }), initial: [] },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;

/**
 * Reads the subports of a request. Segmentation is always VLAN: OVN has no other.
 *
 * @throws NeutronError InvalidInput
 */
export function parseSubPorts(given: unknown): SubPort[] {
  return parseList(given).map((item) => {
    const { port_id, segmentation_type, segmentation_id } = item;
    if (typeof port_id !== 'string')
      throw invalid(`Invalid subport details '${python(item)}': missing port_id`);
    // Tenant networks are never VLAN networks here, so a subport has no VLAN to inherit.
    if (segmentation_type === 'inherit') throw invalid("Unknown segmentation_type 'geneve'");
    if (segmentation_type === undefined || segmentation_id === undefined) {
      throw invalid(
        `Invalid subport details '${python(item)}': missing segmentation information. ` +
          'Must specify both segmentation_id and segmentation_type',
      );
    }
    const id = typeof segmentation_id === 'string' ? Number(segmentation_id) : segmentation_id;
    if (typeof id !== 'number' || !Number.isInteger(id)) {
      throw invalid(
        `Invalid subport details: segmentation_id '${String(segmentation_id)}' is not an integer`,
      );
    }
    if (segmentation_type !== 'vlan')
      throw invalid(`Unknown segmentation_type '${String(segmentation_type)}'`);
    if (id < 1 || id > 4094) throw invalid(`Segmentation ID '${id}' is not in range`);
    return { port_id, segmentation_type: 'vlan', segmentation_id: id };
  });
}

/** Reads the ports of remove_subports. @throws NeutronError InvalidInput */
export function parseSubPortRefs(given: unknown): string[] {
  return parseList(given).map((item) => {
    if (typeof item['port_id'] === 'string') return item['port_id'];
    throw invalid(`Invalid subport details '${python(item)}': missing port_id`);
  });
}

function parseList(given: unknown): Body[] {
  if (Array.isArray(given) && given.every(isObject)) return given;
  throw invalid('Invalid data format for subports: it is not a list of dictionaries');
}

const invalid = (message: string) => neutronError('InvalidInput', message);

/** A flat dictionary as Python prints it in Neutron's messages. */
function python(item: Body): string {
  const value = (v: unknown) => (typeof v === 'string' ? `'${v}'` : v === null ? 'None' : JSON.stringify(v));
  return `{${Object.entries(item)
    .map(([key, v]) => `'${key}': ${value(v)}`)
    .join(', ')}}`;
}
