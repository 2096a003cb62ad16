import type { AttributeTable } from '../../attributes/attributes.ts';
import { bool, integer, oneOf, tags, text } from '../../attributes/validators.ts';

/** Networking API v2.0, "Networks", with the extensions served here. */
export const networkAttributes = {
  name: { type: text(), initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  admin_state_up: { type: bool, initial: true, put: true },
  mtu: { type: integer(68, 65_535), put: true },
  shared: { type: bool, initial: false, put: true, admin: true },
  'router:external': { type: bool, initial: false, put: true, admin: true },
  is_default: { type: bool, initial: false, put: true, admin: true },
  port_security_enabled: { type: bool, initial: true, put: true },
  dns_domain: { type: text(), initial: '', put: true },
  'provider:network_type': { type: oneOf('geneve', 'flat', 'vlan'), admin: true },
  'provider:physical_network': { type: text(128), admin: true },
  'provider:segmentation_id': { type: integer(1, 16_777_215), admin: true },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;
