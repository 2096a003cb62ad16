import { canonical, prefixText } from '../../addresses/addresses.ts';
import { readMac } from '../../addresses/mac.ts';
import { readCidr } from '../../addresses/notations.ts';
import type { AttributeTable, Schema } from '../../attributes/attributes.ts';
import { dnsName } from '../../attributes/dns.ts';
import { Invalid, type Parse } from '../../attributes/parse.ts';
import { printed } from '../../attributes/python-text.ts';
import {
  bool,
  ip,
  isObject,
  nothing,
  nullable,
  oneOf,
  orNull,
  tags,
  text,
  uniqueList,
  uuid,
} from '../../attributes/validators.ts';
import { neutronError } from '../../errors.ts';
import { limits } from '../../limits.ts';

/** An item of `fixed_ips` in a request. */
export interface FixedIpRequest {
  readonly subnet_id: string | undefined;
  readonly ip_address: string | undefined;
}

/** An item of `allowed_address_pairs` in a request. */
export interface PairRequest {
  readonly ip_address: string;
  readonly mac_address: string | undefined;
  /** The MAC address as the request has it. */
  readonly given?: unknown;
}

/** A unicast MAC address, as `fa:16:3e:00:00:01`. */
const mac: Parse<string> = (value) => {
  const read = typeof value === 'string' ? readMac(value) : undefined;
  // The lowest bit of the first octet marks a group address (IEEE 802), which no port can have.
  const isUnicast = read !== undefined && Number.parseInt(read.slice(0, 2), 16) % 2 === 0;
  if (isUnicast && read !== '00:00:00:00:00:00') return read;
  throw new Invalid(`'${printed(value)}' is not a valid MAC address`);
};

const fixedIps: Parse<readonly FixedIpRequest[]> = (value) => {
  const refuse = (given: unknown) => new Invalid(`Invalid data format for fixed IP: '${printed(given)}'`);
  if (!Array.isArray(value)) throw refuse(value);
  const seen = new Set<string>();
  return value.map((item: unknown) => {
    if (!isObject(item)) throw refuse(item);
    const given = new Map(Object.entries(item));
    const address = given.has('ip_address') ? ip(given.get('ip_address')) : undefined;
    if (address !== undefined && seen.has(address)) throw new Invalid(`Duplicate IP address '${address}'`);
    if (address !== undefined) seen.add(address);
    return {
      subnet_id: given.has('subnet_id') ? uuid(given.get('subnet_id')) : undefined,
      ip_address: address,
    };
  });
};

const pairs: Parse<readonly PairRequest[]> = (value) => {
  if (!Array.isArray(value)) throw neutronError('HTTPBadRequest', 'Allowed address pairs must be a list.');
  const seen = new Set<string>();
  return value.map((item: unknown) => {
    if (!isObject(item)) throw new Invalid(`'${printed(item)}' is not a dictionary`);
    const { ip_address, mac_address, ...others } = Object.fromEntries(Object.entries(item));
    const hasMac = Object.hasOwn(item, 'mac_address');
    const pairMac = hasMac ? orBadRequest(mac, mac_address) : undefined;
    if (!Object.hasOwn(item, 'ip_address')) throw neutronError('AllowedAddressPairsMissingIP');
    // The same pair in another notation is found when the port is known.
    const key = JSON.stringify([mac_address, ip_address]);
    if (seen.has(key)) throw duplicatePair(hasMac ? mac_address : null, ip_address);
    seen.add(key);
    const [other] = Object.keys(others);
    if (other !== undefined) {
      throw neutronError('HTTPBadRequest', `Unrecognized attribute(s) '${Object.keys(others).join(', ')}'`);
    }
    return { ip_address: orBadRequest(pairAddress, ip_address), mac_address: pairMac, given: mac_address };
  });
};

/** Returns the refusal of a pair that a port has already. */
export const duplicatePair = (macAddress: unknown, address: unknown): Error =>
  neutronError('DuplicateAddressPairInRequest', printed(macAddress), printed(address));

/** An address, or a prefix that keeps its host bits. */
const pairAddress: Parse<string> = (value) => {
  if (typeof value !== 'string' || !value.includes('/')) return ip(value);
  const read = /\s/.test(value) ? undefined : readCidr(value);
  if (read === undefined) throw new Invalid(`'${value}' is not a valid IP subnet`);
  const text = `${canonical(read.address)}/${read.prefix.length}`;
  if (read.version === 6 || text === value) return text;
  throw new Invalid(
    `'${value}' isn't a recognized IP subnet cidr, '${prefixText(read.prefix)}' is recommended`,
  );
};

/** Reads a part of a value whose refusal does not name the attribute. @throws NeutronError HTTPBadRequest */
function orBadRequest<T>(parse: Parse<T>, value: unknown): T {
  try {
    return parse(value);
  } catch (error) {
    throw error instanceof Invalid ? neutronError('HTTPBadRequest', error.message) : error;
  }
}

const profile: Parse<Readonly<Record<string, unknown>>> = (value) => {
  if (!isObject(value)) throw new Invalid(`'${printed(value)}' is not a dictionary`);
  const { most } = limits.profile;
  if (JSON.stringify(value).length <= most) return value;
  throw neutronError(
    'InvalidInput',
    `binding:profile value too large, at most ${most} characters are allowed`,
  );
};

/** No options: OVN's DHCP server has those of the subnet. */
const noDhcpOptions: Parse<readonly never[]> = (value) => {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  const refuse = (message: string) => neutronError('InvalidInput', message);
  if (!Array.isArray(value)) throw refuse(`'${printed(value)}' is not a list`);
  const bad: unknown = value.find((item) => !isObject(item) || !Object.hasOwn(item, 'opt_name'));
  throw refuse(
    bad === undefined
      ? 'extra DHCP options are not available'
      : `No valid key specs matched for: ${printed(bad)}`,
  );
};

/** Networking API v2.0, "Ports", with the extensions served here. */
export const portAttributes = {
  name: { type: text(), initial: '', put: true },
  network_id: { type: uuid, required: true },
  admin_state_up: { type: bool, initial: true, put: true },
  // Null is a MAC that Neutron chooses.
  mac_address: { type: nullable(mac), put: true },
  fixed_ips: { type: fixedIps, put: true },
  device_id: { type: text(), initial: '', put: true },
  device_owner: { type: text(), initial: '', put: true },
  allowed_address_pairs: { type: orNull(pairs, []), initial: [], put: true },
  extra_dhcp_opts: { type: noDhcpOptions, initial: [], put: true },
  'binding:vnic_type': {
    type: oneOf(
      'normal',
      'direct',
      'macvtap',
      'baremetal',
      'direct-physical',
      'virtio-forwarder',
      'smart-nic',
      'vdpa',
      'accelerator-direct',
      'accelerator-direct-physical',
      'remote-managed',
    ),
    initial: 'normal',
    put: true,
  },
  // Only admins may set it, also to nothing.
  'binding:host_id': { type: orNull(text(), ''), put: true, admin: true },
  'binding:profile': { type: nullable(profile), initial: {}, put: true },
  port_security_enabled: { type: bool, put: true },
  qos_policy_id: { type: nothing('QoS policies'), initial: null, put: true },
  tags: { type: tags, initial: [] },
  dns_name: { type: dnsName, initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  security_groups: { type: orNull(uniqueList(uuid), []), put: true },
} satisfies AttributeTable;

/** Ports as requests see them. */
export const portSchema = {
  singular: 'port',
  attributes: portAttributes,
  readOnly: [
    'status',
    'binding:vif_type',
    'binding:vif_details',
    'dns_assignment',
    'trunk_details',
    'ip_allocation',
    'resource_request',
    'qos_network_policy_id',
  ],
} satisfies Schema<typeof portAttributes>;
