import type { AttributeTable, Schema } from '../../attributes/attributes.ts';
import { dnsDomain } from '../../attributes/dns.ts';
import { bool, integer, nonNegative, tags, text } from '../../attributes/validators.ts';

/** Networking API v2.0, "Networks", with the extensions served here. */
export const networkAttributes = {
  name: { type: text(), initial: '', put: true },
  admin_state_up: { type: bool, initial: true, put: true },
  shared: { type: bool, initial: false, put: true, admin: true },
  'router:external': { type: bool, initial: false, put: true, admin: true },
  // 0 means the largest MTU that the network can have.
  mtu: { type: nonNegative, initial: 0, put: true },
  port_security_enabled: { type: bool, initial: true, put: true },
  'provider:network_type': { type: text(32), put: true, admin: true },
  'provider:physical_network': { type: text(64), put: true, admin: true },
  'provider:segmentation_id': { type: integer, put: true, admin: true },
  is_default: { type: bool, initial: false, put: true, admin: true },
  dns_domain: { type: dnsDomain, initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;

/** Networks as requests see them. */
export const networkSchema = {
  singular: 'network',
  attributes: networkAttributes,
  readOnly: [
    'status',
    'subnets',
    'availability_zones',
    'ipv4_address_scope',
    'ipv6_address_scope',
    'l2_adjacency',
  ],
} satisfies Schema<typeof networkAttributes>;
