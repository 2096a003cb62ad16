import { canonical, prefixText } from '../../addresses/addresses.ts';
import { type Cidr, readCidr } from '../../addresses/notations.ts';
import type { AttributeTable, Schema } from '../../attributes/attributes.ts';
import { Invalid, type Parse } from '../../attributes/parse.ts';
import { printed } from '../../attributes/python-text.ts';
import {
  atMost,
  bool,
  integer,
  ip,
  nothing,
  nullable,
  oneOf,
  orNull,
  requireKeys,
  tags,
  text,
  uuid,
} from '../../attributes/validators.ts';
import { neutronError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { AllocationPool, HostRoute } from '../../northbound/subnets.ts';

/** A prefix, whose host bits are cleared later. @throws NeutronError InvalidInput */
export const cidr: Parse<Cidr> = (value) => {
  const read = typeof value === 'string' ? readCidr(value) : undefined;
  if (read) return read;
  throw neutronError('InvalidInput', `${printed(value)} is not in a CIDR format`);
};

const ipVersion: Parse<4 | 6> = (value) => oneOf(4, 6)(integer(value));
const ipv6Mode = oneOf('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless');

const pools: Parse<readonly AllocationPool[]> = (value) => {
  if (!Array.isArray(value)) throw new Invalid(`Invalid data format for IP pool: '${printed(value)}'`);
  return value.map((item: unknown) => {
    const { start, end } = requireKeys(item, ['start', 'end']);
    return { start: ip(start), end: ip(end) };
  });
};

const nameservers: Parse<readonly string[]> = (value) => {
  // Python iterates over the characters of a text and over the keys of an object.
  const hosts: unknown = typeof value === 'object' && value !== null ? Object.keys(value) : value;
  const list = Array.isArray(value) ? value : typeof value === 'string' ? [...value] : hosts;
  if (!Array.isArray(list)) {
    throw new Invalid(`Invalid data format for nameserver: '${printed(value)}'`);
  }
  const read: string[] = [];
  for (const host of list) {
    try {
      const address = ip(host);
      if (read.includes(address)) throw new Invalid(`Duplicate nameserver '${address}'`);
      read.push(address);
    } catch (error) {
      if (!(error instanceof Invalid) || error.message.startsWith('Duplicate')) throw error;
      throw new Invalid(`'${printed(host)}' is not a valid nameserver. ${error.message}`);
    }
  }
  return read;
};

const hostRoutes: Parse<readonly HostRoute[]> = (value) => {
  if (!Array.isArray(value)) throw new Invalid(`Invalid data format for hostroute: '${printed(value)}'`);
  const seen = new Set<string>();
  return value.map((item: unknown) => {
    const { destination, nexthop } = requireKeys(item, ['destination', 'nexthop']);
    const route = { destination: routePrefix(destination), nexthop: ip(nexthop) };
    const key = JSON.stringify(route);
    if (seen.has(key)) throw new Invalid(`Duplicate hostroute '${printed(item)}'`);
    seen.add(key);
    return route;
  });
};

/** The destination of a route: a prefix without host bits. */
function routePrefix(value: unknown): string {
  const read = typeof value === 'string' && !/\s/.test(value) ? readCidr(value) : undefined;
  if (typeof value !== 'string' || read === undefined) {
    throw new Invalid(`'${printed(value)}' is not a valid CIDR`);
  }
  const recommended = prefixText(read.prefix);
  if (!value.includes('/') || !recommended.startsWith(`${canonical(read.address)}/`)) {
    throw new Invalid(`'${value}' is not a recognized CIDR, '${recommended}' is recommended`);
  }
  if (isLoopback(read)) throw new Invalid(`'${value}' is not a routable CIDR`);
  return recommended;
}

/** Whether a prefix has only loopback addresses (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3). */
export function isLoopback({ version, prefix }: Cidr): boolean {
  if (version === 6) return prefix.first === 1n && prefix.last === 1n;
  return prefix.length >= 8 && prefix.first >> 24n === 127n;
}

/** Networking API v2.0, "Subnets", with the extensions served here. */
export const subnetAttributes = {
  name: { type: text(), initial: '', put: true },
  ip_version: { type: ipVersion, required: true },
  network_id: { type: uuid, required: true },
  // There are no subnet pools. Clients may send null, but no id.
  subnetpool_id: {
    type: (value) => {
      if (value !== null) throw neutronError('SubnetPoolNotFound', uuid(value));
      return null;
    },
  },
  prefixlen: { type: integer },
  cidr: { type: cidr },
  gateway_ip: { type: nullable(ip), put: true },
  allocation_pools: { type: atMost(limits.pools.most, pools), put: true },
  dns_nameservers: { type: orNull(nameservers, []), initial: [], put: true },
  host_routes: { type: orNull(hostRoutes, []), initial: [], put: true },
  enable_dhcp: { type: bool, initial: true, put: true },
  ipv6_ra_mode: { type: ipv6Mode },
  ipv6_address_mode: { type: ipv6Mode },
  service_types: { type: noServiceTypes, put: true },
  description: { type: text(), initial: '', put: true },
  segment_id: { type: nothing('segments') },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;

/** Subnets as requests see them. */
export const subnetSchema = {
  singular: 'subnet',
  attributes: subnetAttributes,
  readOnly: ['shared'],
} satisfies Schema<typeof subnetAttributes>;

/** An empty list: ports of every kind get addresses from every subnet. */
function noServiceTypes(value: unknown): readonly never[] {
  const isEmpty = !value || (typeof value === 'object' && Object.keys(value).length === 0);
  if (isEmpty) return [];
  throw new Invalid('service types of subnets are not available');
}
