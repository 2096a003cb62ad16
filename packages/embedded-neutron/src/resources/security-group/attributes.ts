import { cidrText, readCidr } from '../../addresses/notations.ts';
import type { AttributeTable, Schema } from '../../attributes/attributes.ts';
import type { Parse } from '../../attributes/parse.ts';
import { printed } from '../../attributes/python-text.ts';
import { bool, integer, oneOf, tags, text } from '../../attributes/validators.ts';
import { neutronError } from '../../errors.ts';
import { isProtocol, protocolNames } from '../../northbound/acl.ts';

/** A group's name; no request can set `default`. @throws NeutronError SecurityGroupDefaultAlreadyExists */
const groupName: Parse<string> = (value) => {
  const name = text()(value);
  if (name.toLowerCase() === 'default') throw neutronError('SecurityGroupDefaultAlreadyExists');
  return name;
};

/** A protocol by name or number, as text. @throws NeutronError SecurityGroupRuleInvalidProtocol */
export const protocol: Parse<string | null> = (value) => {
  if (value === null) return null;
  const name =
    typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : undefined;
  if (name !== undefined && isProtocol(name)) return name;
  throw neutronError('SecurityGroupRuleInvalidProtocol', printed(value), printed([null, ...protocolNames]));
};

/** A port, or the type or code of ICMP. @throws NeutronError SecurityGroupInvalidPortValue */
export const portNumber: Parse<number | null> = (value) => {
  if (value === null) return null;
  try {
    const number = integer(value);
    if (number >= 0 && number <= 65_535) return number;
  } catch {
    // What is no integer gets the same answer as a number out of range.
  }
  throw neutronError('SecurityGroupInvalidPortValue', printed(value));
};

/** IPv4 or IPv6, in any case. @throws NeutronError SecurityGroupRuleInvalidEtherType */
export const ethertype: Parse<'IPv4' | 'IPv6'> = (value) => {
  const word = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (word === 'ipv4') return 'IPv4';
  if (word === 'ipv6') return 'IPv6';
  throw neutronError('SecurityGroupRuleInvalidEtherType', printed(value));
};

/** A prefix that keeps its host bits; null for an empty value. @throws NeutronError InvalidCIDR */
export const remotePrefix: Parse<string | null> = (value) => {
  const isEmpty = typeof value === 'object' && (value === null || Object.keys(value).length === 0);
  if (isEmpty || value === '') return null;
  const read = typeof value === 'string' ? readCidr(value) : undefined;
  if (read !== undefined) return cidrText(read);
  throw neutronError('InvalidCIDR', printed(value));
};

/** The id of a group, which need not be a UUID: a wrong id is not found. */
const groupId: Parse<string | null> = (value) => (value === null ? null : printed(value));

/** Networking API v2.0, "Security groups". */
export const securityGroupAttributes = {
  name: { type: groupName, initial: '', put: true },
  description: { type: text(), initial: '', put: true },
  stateful: { type: bool, initial: true, put: true },
  tags: { type: tags, initial: [] },
} satisfies AttributeTable;

/** Security groups as requests see them. */
export const securityGroupSchema = {
  singular: 'security_group',
  attributes: securityGroupAttributes,
  readOnly: ['security_group_rules', 'shared'],
} satisfies Schema<typeof securityGroupAttributes>;

/** Networking API v2.0, "Security group rules". */
export const securityGroupRuleAttributes = {
  security_group_id: { type: text(36), required: true },
  remote_group_id: { type: groupId, initial: null },
  direction: { type: oneOf('ingress', 'egress'), required: true },
  protocol: { type: protocol, initial: null },
  port_range_min: { type: portNumber, initial: null },
  port_range_max: { type: portNumber, initial: null },
  ethertype: { type: ethertype, initial: 'IPv4' },
  remote_ip_prefix: { type: remotePrefix, initial: null },
  // No rule can be changed, but that is found only after its description was checked.
  description: { type: text(), initial: '', put: true },
  remote_address_group_id: { type: groupId, initial: null },
} satisfies AttributeTable;

/** Rules as requests see them. */
export const securityGroupRuleSchema = {
  singular: 'security_group_rule',
  attributes: securityGroupRuleAttributes,
  readOnly: ['normalized_cidr'],
} satisfies Schema<typeof securityGroupRuleAttributes>;
