import { parsePrefix, prefixText } from '../addresses/addresses.ts';
import { portGroupName, ruleExternalIds, type SecurityGroupRule } from './security-groups.ts';

/**
 * The Port_Group of all ports with port security. Its ACLs drop all traffic that no rule allows, as in
 * ML2/OVN.
 */
export const DROP_GROUP = 'neutron_pg_drop';

const PRIORITY_ALLOW = 1002;
const PRIORITY_DROP = 1001;

/** OVN's words for each ethertype. */
const families = {
  IPv4: { ip: 'ip4', icmp: 'icmp4' },
  IPv6: { ip: 'ip6', icmp: 'icmp6' },
} as const;

/** IANA protocol numbers by the names that Neutron accepts. */
const protocolNumbers: ReadonlyMap<string, number> = new Map([
  ['ah', 51],
  ['dccp', 33],
  ['egp', 8],
  ['esp', 50],
  ['gre', 47],
  ['hopopt', 0],
  ['icmp', 1],
  ['igmp', 2],
  ['ip', 0],
  ['ipip', 4],
  ['ipv6-encap', 41],
  ['ipv6-frag', 44],
  ['ipv6-icmp', 58],
  ['icmpv6', 58],
  ['ipv6-nonxt', 59],
  ['ipv6-opts', 60],
  ['ipv6-route', 43],
  ['ospf', 89],
  ['pgm', 113],
  ['rsvp', 46],
  ['sctp', 132],
  ['tcp', 6],
  ['udp', 17],
  ['udplite', 136],
  ['vrrp', 112],
]);

/** The protocols whose ports OVN can match, by number. */
const portProtocols: ReadonlyMap<number, string> = new Map([
  [6, 'tcp'],
  [17, 'udp'],
  [132, 'sctp'],
]);

/** The names of protocols, in Neutron's order. */
export const protocolNames: readonly string[] = [...protocolNumbers.keys()];

/** Whether the protocol is a name or number that Neutron accepts. */
export function isProtocol(protocol: string): boolean {
  return protocolNumbers.has(protocol) || isByte(protocol);
}

/** The number of a protocol, or undefined if the rule is for any protocol. */
export function protocolNumber(protocol: string | null): number | undefined {
  // Rules of earlier versions may have the protocol "any".
  if (protocol === null || protocol === 'any') return undefined;
  return protocolNumbers.get(protocol) ?? Number(protocol);
}

/** The columns of a rule's ACL row. */
export function aclColumns(rule: SecurityGroupRule, stateful: boolean) {
  return {
    priority: PRIORITY_ALLOW,
    direction: rule.direction === 'ingress' ? ('to-lport' as const) : ('from-lport' as const),
    action: stateful ? ('allow-related' as const) : ('allow-stateless' as const),
    match: aclMatch(rule),
    external_ids: ruleExternalIds(rule),
  };
}

/** The columns of the two ACL rows of {@link DROP_GROUP}. */
export function dropAcls() {
  const row = (direction: 'to-lport' | 'from-lport', side: string) => ({
    priority: PRIORITY_DROP,
    direction,
    action: 'drop' as const,
    match: `${side} == @${DROP_GROUP} && ip`,
  });
  return [row('to-lport', 'outport'), row('from-lport', 'inport')];
}

/** A rule as an OVN expression (ovn-sb(5), Logical_Flow match). */
export function aclMatch(rule: SecurityGroupRule): string {
  const ingress = rule.direction === 'ingress';
  const { ip } = families[rule.ethertype];
  const peer = `${ip}.${ingress ? 'src' : 'dst'}`;
  const terms = [`${ingress ? 'outport' : 'inport'} == @${portGroupName(rule.security_group_id)}`, ip];
  if (rule.remote_ip_prefix !== null) terms.push(`${peer} == ${withoutHostBits(rule.remote_ip_prefix)}`);
  if (rule.remote_group_id !== null) terms.push(`${peer} == $${portGroupName(rule.remote_group_id)}_${ip}`);
  return [...terms, ...protocolTerms(rule)].join(' && ');
}

/** A prefix without host bits, in canonical form. */
function withoutHostBits(cidr: string): string {
  const prefix = parsePrefix(cidr);
  return prefix ? prefixText(prefix) : cidr;
}

function protocolTerms(rule: SecurityGroupRule): string[] {
  const number = protocolNumber(rule.protocol);
  if (number === undefined) return [];
  const { port_range_min: min, port_range_max: max } = rule;
  const name = portProtocols.get(number);
  if (name !== undefined) return [name, ...portTerms(`${name}.dst`, min, max)];
  if (number === 1 || number === 58) {
    // In an IPv6 rule "icmp" means ICMPv6, as in Neutron.
    const { icmp } = families[rule.ethertype];
    return [
      icmp,
      ...(min === null ? [] : [`${icmp}.type == ${min}`]),
      ...(max === null ? [] : [`${icmp}.code == ${max}`]),
    ];
  }
  return [`ip.proto == ${number}`];
}

function portTerms(field: string, min: number | null, max: number | null): string[] {
  if (min !== null && min === max) return [`${field} == ${min}`];
  return [...(min === null ? [] : [`${field} >= ${min}`]), ...(max === null ? [] : [`${field} <= ${max}`])];
}

function isByte(text: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255;
}
