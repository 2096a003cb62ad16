import { z } from 'zod';
import type { AttributeTable } from '../../attributes/attributes.ts';
import { bool, ip, ipOrPrefix, list, mac, oneOf, tags, text, uuid } from '../../attributes/validators.ts';

const fixedIp = z.strictObject(
  { subnet_id: uuid.optional(), ip_address: ip.optional() },
  { error: 'fixed_ips need subnet_id, ip_address or both' },
);
const addressPair = z.strictObject(
  { ip_address: ipOrPrefix, mac_address: mac.optional() },
  { error: 'address pairs need ip_address and may have mac_address' },
);
const profile = z.record(z.string(), z.unknown(), { error: 'it is not a dictionary' });
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const dnsName = text().superRefine((name, context) => {
  const bad =
    name === ''
      ? undefined
      : name
          .replace(/\.$/, '')
          .split('.')
          .find((label) => !dnsLabel.test(label));
  if (bad === undefined) return;
  context.addIssue({
    code: 'custom',
    message:
      `'${name}' not a valid PQDN or FQDN. Reason: Name '${bad}' must be 1-63 characters long, ` +
      'each of which can only be alphanumeric or a hyphen',
  });
});
const nothing = (what: string) => z.null({ error: `${what} are not available` });

/** An item of `fixed_ips` in a request. */
export type FixedIpRequest = z.output<typeof fixedIp>;

/** Networking API v2.0, "Ports", with the extensions served here. */
export const portAttributes = {
  network_id: { type: uuid, required: true },
  name: { type: text(), initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  admin_state_up: { type: bool, initial: true, put: true },
  mac_address: { type: mac, put: true },
  fixed_ips: { type: list(fixedIp), put: true },
  device_id: { type: text(), initial: '', put: true },
  device_owner: { type: text(), initial: '', put: true },
  security_groups: { type: list(uuid).nullable(), put: true },
  port_security_enabled: { type: bool, put: true },
  allowed_address_pairs: { type: list(addressPair).nullable(), initial: [], put: true },
  dns_name: { type: dnsName, initial: '', put: true },
  'binding:vnic_type': {
    type: oneOf(
      'normal',
      'direct',
      'macvtap',
      'baremetal',
      'direct-physical',
      'virtio-forwarder',
      'smart-nic',
    ),
    initial: 'normal',
    put: true,
  },
  'binding:host_id': { type: text(), initial: '', put: true, admin: true },
  'binding:profile': { type: profile.nullable(), initial: {}, put: true },
  extra_dhcp_opts: { type: list(z.never()), initial: [], put: true },
  qos_policy_id: { type: nothing('QoS policies'), initial: null, put: true },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;
