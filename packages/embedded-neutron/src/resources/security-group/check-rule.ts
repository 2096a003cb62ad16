import { parsePrefix, prefixText } from '../../addresses/addresses.ts';
import { neutronError } from '../../errors.ts';
import { protocolNumber } from '../../northbound/acl.ts';
import type { RuleMatch } from '../../northbound/rule-traffic.ts';

const PORT_PROTOCOLS: Readonly<Record<string, number>> = {
  DCCP: 33,
  SCTP: 132,
  TCP: 6,
  UDP: 17,
  UDPLITE: 136,
};
const ICMP = 1;
const ICMPV6 = 58;
const IPV6_PROTOCOLS = [41, 43, 44, ICMPV6, 59, 60];

/**
 * Checks that the parts of a rule fit together.
 *
 * @param rule in the form that {@link canonicalRule} returns
 * @throws NeutronError SecurityGroup…
 */
export function checkRule(rule: RuleMatch & { readonly remote_address_group_id: string | null }): void {
  checkPorts(rule);
  const { ethertype, remote_ip_prefix: prefix, protocol } = rule;
  const version = prefix === null ? undefined : parsePrefix(prefix)?.version;
  if (prefix !== null && ethertype !== `IPv${version}`) {
    throw neutronError('SecurityGroupRuleParameterConflict', ethertype, prefix);
  }
  if (ethertype === 'IPv4' && IPV6_PROTOCOLS.includes(protocolNumber(protocol) ?? -1)) {
    throw neutronError('SecurityGroupEthertypeConflictWithProtocol', ethertype, protocol ?? '');
  }
  const remotes = [prefix, rule.remote_group_id, rule.remote_address_group_id];
  if (remotes.filter((remote) => remote !== null).length > 1) {
    throw neutronError('SecurityGroupMultipleRemoteEntites');
  }
}

function checkPorts({ protocol, port_range_min: min, port_range_max: max }: RuleMatch): void {
  if (min === null && max === null) return;
  const number = protocolNumber(protocol);
  if (number === undefined) throw neutronError('SecurityGroupProtocolRequiredWithPorts');
  if (Object.values(PORT_PROTOCOLS).includes(number)) {
    if (min === 0 || max === 0) throw neutronError('SecurityGroupInvalidPortValue', '0');
    if (min === null || max === null || min > max) throw neutronError('SecurityGroupInvalidPortRange');
  } else if (number === ICMP || number === ICMPV6) {
    if (min !== null && min > 255) {
      throw neutronError('SecurityGroupInvalidIcmpValue', 'type', 'port_range_min', min);
    }
    if (max !== null && max > 255) {
      throw neutronError('SecurityGroupInvalidIcmpValue', 'code', 'port_range_max', max);
    }
    if (min === null) throw neutronError('SecurityGroupMissingIcmpType', max ?? 0);
  } else {
    throw neutronError('SecurityGroupInvalidProtocolForPort', number, Object.keys(PORT_PROTOCOLS).join(', '));
  }
}

/**
 * A rule as Neutron stores it: ICMP in an IPv6 rule is ICMPv6, and the whole range of ports is none.
 */
export function canonicalRule<R extends RuleMatch>(rule: R): R {
  const { ethertype, protocol, port_range_min: min, port_range_max: max } = rule;
  const isWhole = min === 1 && max === 65_535;
  return {
    ...rule,
    ...(isWhole && { port_range_min: null, port_range_max: null }),
    ...(ethertype === 'IPv6' && { protocol: icmpv6(protocol) }),
  };
}

function icmpv6(protocol: string | null): string | null {
  if (protocol === 'icmp' || protocol === 'icmpv6') return 'ipv6-icmp';
  return protocol === String(ICMP) ? String(ICMPV6) : protocol;
}

/** A prefix with its host bits cleared. */
export function normalizedCidr(cidr: string | null): string | null {
  const prefix = cidr === null ? undefined : parsePrefix(cidr);
  return prefix ? prefixText(prefix) : null;
}
