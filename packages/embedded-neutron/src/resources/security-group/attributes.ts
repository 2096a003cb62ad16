import { z } from 'zod';
import type { AttributeTable } from '../../attributes/attributes.ts';
import { bool, integer, ipOrPrefix, oneOf, tags, text, uuid } from '../../attributes/validators.ts';
import { isProtocol } from '../../northbound/acl.ts';

const protocol = z
  .union([z.string(), z.int()])
  .transform((value) => String(value).toLowerCase())
  .refine(isProtocol, {
    error: ({ input }) => `Security group rule protocol '${String(input)}' not supported`,
  });
const port = integer(0, 65_535).nullable();
const ethertype = z.preprocess(
  (value) =>
    typeof value === 'string' ? ({ ipv4: 'IPv4', ipv6: 'IPv6' }[value.toLowerCase()] ?? value) : value,
  oneOf('IPv4', 'IPv6'),
);

/** Networking API v2.0, "Security groups". */
export const securityGroupAttributes = {
  name: { type: text(), initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  stateful: { type: bool, initial: true },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;

/** Networking API v2.0, "Security group rules". */
export const securityGroupRuleAttributes = {
  security_group_id: { type: uuid, required: true },
  direction: { type: oneOf('ingress', 'egress'), required: true },
  ethertype: { type: ethertype, initial: 'IPv4' },
  protocol: { type: protocol.nullable(), initial: null },
  port_range_min: { type: port, initial: null },
  port_range_max: { type: port, initial: null },
  remote_ip_prefix: { type: ipOrPrefix.nullable(), initial: null },
  remote_group_id: { type: uuid.nullable(), initial: null },
  remote_address_group_id: { type: z.null({ error: 'address groups are not available' }), initial: null },
  description: { type: text(), initial: '' },
} satisfies AttributeTable;
