import type { NbTables } from '@ovn-docker/ovsdb';
import {
  flag,
  optionalNumber,
  optionalText,
  perRow,
  record,
  standardFields,
  text,
  word,
} from './external-ids.ts';
import type { NbRows, Northbound } from './northbound.ts';
import { guardingIndexOn, idIndexOn, indexOn, present } from './row-index.ts';

const groupAttributes = record({
  ...standardFields,
  id: text('neutron:security_group_id'),
  name: text('neutron:security_group_name'),
  stateful: flag('neutron:stateful', true),
});

const ruleAttributes = record({
  ...standardFields,
  id: text('neutron:security_group_rule_id'),
  security_group_id: text('neutron:security_group_id'),
  direction: word<'ingress' | 'egress'>('neutron:direction', 'ingress'),
  ethertype: word<'IPv4' | 'IPv6'>('neutron:ethertype', 'IPv4'),
  protocol: optionalText('neutron:protocol'),
  port_range_min: optionalNumber('neutron:port_range_min'),
  port_range_max: optionalNumber('neutron:port_range_max'),
  remote_ip_prefix: optionalText('neutron:remote_ip_prefix'),
  remote_group_id: optionalText('neutron:remote_group_id'),
});

/** Port groups by name: of security groups, and the drop group. */
export const portGroupsByName = guardingIndexOn('Port_Group', (row) => [row.name]);
export const groupsById = idIndexOn('Port_Group', (row) =>
  present(row.external_ids['neutron:security_group_id']),
);
/** The default groups, by project. */
const defaultGroups = guardingIndexOn('Port_Group', (row) =>
  isGroup(row) && row.external_ids['neutron:security_group_name'] === 'default'
    ? present(row.external_ids['neutron:project_id'])
    : [],
);
/** Security groups by project. */
export const groupsByProject = indexOn('Port_Group', (row) =>
  isGroup(row) ? present(row.external_ids['neutron:project_id']) : [],
);
export const rulesById = idIndexOn('ACL', (row) => ruleKey(row, 'neutron:security_group_rule_id'));
export const rulesByGroup = indexOn('ACL', (row) => ruleKey(row, 'neutron:security_group_id'));
export const rulesByRemoteGroup = indexOn('ACL', (row) => ruleKey(row, 'neutron:remote_group_id'));
/** Rules by project. */
export const rulesByProject = indexOn('ACL', (row) => ruleKey(row, 'neutron:project_id'));

/** The rows of security groups. */
export const groupRows: NbRows = {
  columns: { Port_Group: ['name', 'external_ids'] },
  indexes: [portGroupsByName, groupsById, defaultGroups, groupsByProject],
};

/** The indexes on rules, besides the one on their traffic. */
export const ruleIndexes = [rulesById, rulesByGroup, rulesByRemoteGroup, rulesByProject] as const;

/** A rule of a security group: one ACL row. */
export interface SecurityGroupRule extends Readonly<ReturnType<typeof ruleAttributes.read>> {
  readonly id: string;
}

/** A security group: the Port_Group `pg_<id>`. `row` is the UUID of its row. */
export interface SecurityGroup extends Readonly<ReturnType<typeof groupAttributes.read>> {
  readonly id: string;
  readonly row: string;
}

/** The name of a group's Port_Group. OVN's expressions do not allow hyphens in it. */
export const portGroupName = (groupId: string): string => `pg_${groupId.replaceAll('-', '_')}`;

const parseGroup = perRow((row: NbTables['Port_Group']): SecurityGroup => {
  return { ...groupAttributes.read(row.external_ids), row: row._uuid };
});

/** Reads a rule from its row. */
export const readRule = (row: NbTables['ACL']): SecurityGroupRule => ruleAttributes.read(row.external_ids);

function isGroup(row: NbTables['Port_Group']): boolean {
  return 'neutron:security_group_id' in row.external_ids;
}

export const isRule = (row: NbTables['ACL']): boolean => 'neutron:security_group_rule_id' in row.external_ids;
const ruleKey = (row: NbTables['ACL'], key: string) => (isRule(row) ? present(row.external_ids[key]) : []);

/** One security group by id. */
export function findSecurityGroup(nb: Northbound, id: string): SecurityGroup | undefined {
  const [row] = nb.view.find(groupsById, id);
  return row && isGroup(row) ? parseGroup(row) : undefined;
}

/** The default group of a project. */
export function findDefaultGroup(nb: Northbound, projectId: string): SecurityGroup | undefined {
  const [row] = nb.view.find(defaultGroups, projectId);
  return row && parseGroup(row);
}

/** The ACL rows of the rules of a group, in no order. */
export const ruleRowsOf = (nb: Northbound, groupId: string): NbTables['ACL'][] =>
  nb.view.find(rulesByGroup, groupId);

/** The ACL row of a rule. */
export function findRuleRow(nb: Northbound, id: string): NbTables['ACL'] | undefined {
  return nb.view.find(rulesById, id)[0];
}

/** One rule by id. */
export function findRule(nb: Northbound, id: string): SecurityGroupRule | undefined {
  const row = findRuleRow(nb, id);
  return row && readRule(row);
}

/** The columns of a group's row, without its ports and ACLs. */
export function groupColumns(group: Omit<SecurityGroup, 'row'>) {
  return { name: portGroupName(group.id), external_ids: groupAttributes.write(group) };
}

/** The external_ids of a rule's row. */
export const ruleExternalIds = (rule: SecurityGroupRule): Record<string, string> =>
  ruleAttributes.write(rule);
