import { parsePrefix, prefixText } from '../../addresses/addresses.ts';
import { neutronError } from '../../errors.ts';
import { protocolNumber } from '../../northbound/acl.ts';
import type { SecurityGroupRule } from '../../northbound/security-groups.ts';

type Rule = Pick<
  SecurityGroupRule,
  | 'direction'
  | 'ethertype'
  | 'protocol'
  | 'port_range_min'
  | 'port_range_max'
  | 'remote_ip_prefix'
  | 'remote_group_id'
>;

const PORT_PROTOCOLS = [6, 17, 132, 33, 136];
const ICMP_PROTOCOLS = [1, 58];

/** Checks that the parts of a rule fit together. @throws NeutronError SecurityGroup… */
export function checkRule(rule: Rule): void {
  const { port_range_min: min, port_range_max: max } = rule;
  const number = protocolNumber(rule.protocol);
  if (rule.remote_ip_prefix !== null && rule.remote_group_id !== null) {
    throw neutronError('SecurityGroupRemoteGroupAndRemoteIpPrefix');
  }
  const prefix = rule.remote_ip_prefix === null ? undefined : parsePrefix(rule.remote_ip_prefix);
  if (prefix && (prefix.version === 4) !== (rule.ethertype === 'IPv4')) {
    throw neutronError('SecurityGroupRuleParameterConflict', rule.ethertype, rule.remote_ip_prefix ?? '');
  }
  if (min === null && max === null) return;
  if (number === undefined) throw neutronError('SecurityGroupProtocolRequiredWithPorts');
  if (ICMP_PROTOCOLS.includes(number)) {
    if (min === null || min > 255 || (max ?? 0) > 255) {
      throw neutronError(
        'InvalidInput',
        'ICMP type and code must be in range 0 through 255, and a code needs a type',
      );
    }
    return;
  }
  if (!PORT_PROTOCOLS.includes(number)) {
    throw neutronError('InvalidInput', `Protocol ${rule.protocol} has no ports`);
  }
  if (min === null || max === null || min > max) throw neutronError('SecurityGroupInvalidPortRange');
}

/** Whether two rules of one group allow the same traffic. */
export function isSameRule(a: Rule, b: Rule): boolean {
  return (
    a.direction === b.direction &&
    a.ethertype === b.ethertype &&
    protocolNumber(a.protocol) === protocolNumber(b.protocol) &&
    a.port_range_min === b.port_range_min &&
    a.port_range_max === b.port_range_max &&
    normalizedCidr(a.remote_ip_prefix) === normalizedCidr(b.remote_ip_prefix) &&
    a.remote_group_id === b.remote_group_id
  );
}

/** A prefix with its host bits cleared. */
export function normalizedCidr(cidr: string | null): string | null {
  const prefix = cidr === null ? undefined : parsePrefix(cidr);
  return prefix ? prefixText(prefix) : null;
}
