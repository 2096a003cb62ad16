import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { isMark, markedDescriptions, markOf } from './mark.ts';
import { ID } from './read-query.ts';

/** How agents connect ports to their VM's port. */
export type ParentMode = 'trunk' | 'port-binding';

/** What decides about the fields of a body. */
export interface BodyRules {
  /** The id of the VM's own port. */
  readonly vifId: string;
  readonly parentMode: ParentMode;
}

/** Whether Neutron keeps the tags of a new port; otherwise the description carries the mark. */
export interface Marking {
  readonly keepsTags: boolean;
}

const id = z.string().regex(ID);
const name = z.string().max(255);
const vlan = z.int().min(1).max(4094);
const address = z.string().max(64);
const tags = z.array(z.string().max(255)).max(50);
const fixedIps = z
  .array(z.strictObject({ subnet_id: id.optional(), ip_address: address.optional() }))
  .max(32);
const groups = z.array(id).max(64);

/** Networking API v2.0, "Create port": the fields that a VM may set. */
const newPort = z.strictObject({
  network_id: id,
  name: name.optional(),
  description: name.optional(),
  tags: tags.optional(),
  fixed_ips: fixedIps.optional(),
  mac_address: address.optional(),
  security_groups: groups.optional(),
  admin_state_up: z.boolean().optional(),
  'binding:profile': z.unknown().optional(),
});

const portChange = newPort.omit({ network_id: true, tags: true, mac_address: true });

const onePort = z.strictObject({ port: newPort });
/** A bulk request: the ports of one pool's batch, or a few more. */
const severalPorts = z.strictObject({ ports: z.array(newPort).min(1).max(1000) });

const newNetwork = z.strictObject({
  network: z.strictObject({
    name: name.optional(),
    description: name.optional(),
    mtu: z.int().min(68).max(65_535).optional(),
    admin_state_up: z.boolean().optional(),
  }),
});

const range = z.strictObject({ start: address, end: address });
const newSubnet = z.strictObject({
  subnet: z.strictObject({
    network_id: id,
    name: name.optional(),
    ip_version: z.union([z.literal(4), z.literal(6)]),
    cidr: address.optional(),
    gateway_ip: address.nullable().optional(),
    allocation_pools: z.array(range).max(100).optional(),
    subnetpool_id: id.optional(),
    prefixlen: z.int().min(0).max(128).optional(),
    enable_dhcp: z.boolean().optional(),
    ipv6_ra_mode: z.string().max(32).optional(),
    ipv6_address_mode: z.string().max(32).optional(),
  }),
});

/** A VLAN under the VM's trunk. */
const subport = z.strictObject({
  port_id: id,
  segmentation_type: z.literal('vlan'),
  segmentation_id: vlan,
});

/** At most one subport for each VLAN. */
const addedSubports = z.strictObject({ sub_ports: z.array(subport).min(1).max(4094) });
const removedSubports = z.strictObject({
  sub_ports: z
    .array(z.strictObject({ port_id: id }))
    .min(1)
    .max(4094),
});

export type NewPort = z.output<typeof newPort>;
export type PortChange = z.output<typeof portChange>;

/** The ports of `POST /ports`, with the VM's mark. @throws Refusal `body`, `field`, `mark` */
export function readNewPorts(body: unknown, rules: BodyRules, marking: Marking): readonly NewPort[] {
  const ports = isBulk(body) ? parse(severalPorts, body).ports : [parse(onePort, body).port];
  return ports.map((port) => markedPort(port, rules, marking));
}

/** Whether the body is a bulk request. */
export function isBulk(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'ports' in body;
}

/** The changes of `PUT /ports/ID`. @throws Refusal `body`, `field`, `mark` */
export function readPortChange(body: unknown, rules: BodyRules): PortChange {
  const { port } = parse(z.strictObject({ port: portChange }), body);
  checkProfile(port['binding:profile'], rules);
  if (port.description !== undefined) requireOwnDescription(port.description, rules.vifId);
  return port;
}

/** The tags of `PUT /ports/ID/tags`, with the VM's mark. @throws Refusal `body`, `mark` */
export function readTags(body: unknown, { vifId }: BodyRules): readonly string[] {
  return withMark(parse(z.strictObject({ tags }), body).tags, vifId);
}

/** The network of `POST /networks`, with the VM's mark. @throws Refusal `body`, `field`, `mark` */
export function readNewNetwork(body: unknown, { vifId }: BodyRules): Readonly<Record<string, unknown>> {
  const { network } = parse(newNetwork, body);
  const { description = markOf(vifId) } = network;
  if (description !== markOf(vifId)) throw wrongMark(`description "${description}"`, vifId);
  return { ...network, description };
}

/** The subnet of `POST /subnets`. @throws Refusal `body`, `field` */
export function readNewSubnet(body: unknown) {
  return parse(newSubnet, body).subnet;
}

/** The subports of `add_subports`. @throws Refusal `body`, `field` */
export function readAddedSubports(body: unknown) {
  return parse(addedSubports, body).sub_ports;
}

/** The subports of `remove_subports`. @throws Refusal `body`, `field` */
export function readRemovedSubports(body: unknown) {
  return parse(removedSubports, body).sub_ports;
}

function markedPort(port: NewPort, rules: BodyRules, { keepsTags }: Marking): NewPort {
  const { vifId } = rules;
  checkProfile(port['binding:profile'], rules);
  const { description = '', tags: given = [] } = port;
  if (description !== '') requireOwnDescription(description, vifId);
  const marked = withMark(given, vifId);
  if (keepsTags) return { ...port, tags: [...marked] };
  const { tags: _dropped, ...rest } = port;
  return { ...rest, description: description === '' ? markOf(vifId) : description };
}

function withMark(given: readonly string[], vifId: string): readonly string[] {
  const mark = markOf(vifId);
  const foreign = given.find((tag) => isMark(tag) && tag !== mark);
  if (foreign !== undefined) throw wrongMark(`tag "${foreign}"`, vifId);
  return given.includes(mark) ? given : [...given, mark];
}

/** A port could carry its mark in the description alone: another text would hide it from its own VM. */
function requireOwnDescription(description: string, vifId: string): void {
  if (!markedDescriptions(vifId).includes(description))
    throw wrongMark(`description "${description}"`, vifId);
}

function wrongMark(what: string, vifId: string): Refusal {
  return new Refusal('mark', `the ${what} is not the mark ${markOf(vifId)} of this VM`);
}

/**
 * The part of `binding:profile` that connects a port to its VM's port in mode port-binding. Any other key,
 * another parent, and the whole profile in mode trunk are refused.
 */
function checkProfile(profile: unknown, { vifId, parentMode }: BodyRules): void {
  if (profile === undefined) return;
  const own = z.strictObject({ parent_name: z.literal(vifId), tag: vlan });
  const isAllowed =
    parentMode === 'port-binding' && z.union([own, z.strictObject({})]).safeParse(profile).success;
  if (!isAllowed) throw new Refusal('field', 'a VM may not set this binding:profile');
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const place = [...issue.path.map(String), ''].join('.');
    throw new Refusal(
      'field',
      `a VM may not set ${issue.keys.map((key) => `"${place}${key}"`.slice(0, 200)).join(', ')}`,
    );
  }
  const place = issue?.path.map(String).join('.') || 'the body';
  throw new Refusal('body', `${place}: ${issue?.message ?? 'invalid'}`);
}
