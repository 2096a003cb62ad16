import { protocolNumber } from './acl.ts';
import type { NbRows } from './northbound.ts';
import { indexOn } from './row-index.ts';
import { isRule, readRule, ruleIndexes, type SecurityGroupRule } from './security-groups.ts';

/** The attributes of a rule that say which traffic it allows. */
export type RuleMatch = Pick<
  SecurityGroupRule,
  | 'direction'
  | 'ethertype'
  | 'protocol'
  | 'port_range_min'
  | 'port_range_max'
  | 'remote_ip_prefix'
  | 'remote_group_id'
>;

const EVERYTHING = ['0.0.0.0/0', '::/0'];

/**
 * What two rules of one group have in common if they allow the same traffic, in Neutron's view: host bits
 * make a difference.
 */
export function trafficOf(rule: RuleMatch): string {
  return JSON.stringify([
    rule.direction,
    rule.ethertype,
    protocolNumber(rule.protocol),
    rule.port_range_min,
    rule.port_range_max,
    remoteOf(rule),
    rule.remote_group_id,
  ]);
}

/** The remote prefix, or null if it contains every address. */
function remoteOf({ remote_ip_prefix: prefix }: RuleMatch): string | null {
  return prefix !== null && EVERYTHING.includes(prefix) ? null : prefix;
}

/** Key of {@link rulesByTraffic}. `traffic` is that of {@link trafficOf}. */
export const trafficKey = (groupId: string, traffic: string): string => `${groupId} ${traffic}`;

/** The rules of a group that allow the same traffic. There is at most one. */
export const rulesByTraffic = indexOn('ACL', (row) => {
  if (!isRule(row)) return [];
  const rule = readRule(row);
  return [trafficKey(rule.security_group_id, trafficOf(rule))];
});

/** The rows of rules. */
export const ruleRows: NbRows = {
  columns: { ACL: ['priority', 'direction', 'match', 'action', 'external_ids'] },
  indexes: [...ruleIndexes, rulesByTraffic],
};
