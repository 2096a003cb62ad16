import { z } from 'zod';
import type { AttributeTable } from '../../attributes/attributes.ts';
import { bool, integer, ip, ipOrPrefix, list, oneOf, tags, text, uuid } from '../../attributes/validators.ts';

const pool = z.object({ start: ip, end: ip }, { error: 'allocation pools need start and end' });
const route = z.object(
  { destination: ipOrPrefix, nexthop: ip },
  { error: 'host routes need destination and nexthop' },
);
const ipv6Mode = oneOf('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless');

/** Networking API v2.0, "Subnets", with the extensions served here. */
export const subnetAttributes = {
  network_id: { type: uuid, required: true },
  name: { type: text(), initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  ip_version: { type: integer(4, 6) },
  cidr: { type: text() },
  gateway_ip: { type: ip.nullable(), put: true },
  allocation_pools: { type: list(pool), put: true },
  dns_nameservers: { type: list(ip), initial: [], put: true },
  host_routes: { type: list(route), initial: [], put: true },
  enable_dhcp: { type: bool, initial: true, put: true },
  ipv6_ra_mode: { type: ipv6Mode.nullable(), initial: null },
  ipv6_address_mode: { type: ipv6Mode.nullable(), initial: null },
  // There are no subnet pools. Clients may send null, but no id.
  subnetpool_id: { type: z.null({ error: 'subnet pools are not available' }) },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;
