import type { SecurityGroup as WireGroup, SecurityGroupRule as WireRule } from '@ovn-docker/openstack';
import { by } from '../../api/filter-index.ts';
import { equals, isBool, isText } from '../../api/filters.ts';
import { defineResource } from '../../api/resource.ts';
import { sortInSlices } from '../../api/sort-in-slices.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { ruleRows } from '../../northbound/rule-traffic.ts';
import {
  findRule,
  findSecurityGroup,
  groupRows,
  groupsById,
  groupsByProject,
  readRule,
  ruleRowsOf,
  rulesByGroup,
  rulesById,
  type SecurityGroup,
  type SecurityGroupRule,
} from '../../northbound/security-groups.ts';
import { mapInSlices } from '../../northbound/slices.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import {
  ethertype,
  portNumber,
  protocol,
  remotePrefix,
  securityGroupRuleSchema,
  securityGroupSchema,
} from './attributes.ts';
import { deleteGroup, deleteRule, updateGroup, writeGroup } from './change.ts';
import { normalizedCidr } from './check-rule.ts';
import { checkRules, insertGroups, insertRules, parseGroup, parseRule } from './create.ts';
import { introduceProject } from './default-group.ts';
import { ruleQuota } from './rule-quota.ts';

/** A rule as Neutron returns it, with the attributes in Neutron's order. */
function renderRule(_backend: Backend, _caller: Caller, rule: SecurityGroupRule): WireRule {
  return {
    id: rule.id,
    tenant_id: rule.project_id,
    security_group_id: rule.security_group_id,
    ethertype: rule.ethertype,
    direction: rule.direction,
    protocol: rule.protocol,
    port_range_min: rule.port_range_min,
    port_range_max: rule.port_range_max,
    remote_ip_prefix: rule.remote_ip_prefix,
    remote_address_group_id: null,
    normalized_cidr: normalizedCidr(rule.remote_ip_prefix),
    remote_group_id: rule.remote_group_id,
    description: rule.description,
    created_at: rule.created_at,
    updated_at: rule.updated_at,
    revision_number: rule.revision_number,
    project_id: rule.project_id,
  };
}

/** A group with more rules than this is rendered in slices. */
const FEW = 64;

type RuleOfGroup = WireGroup['security_group_rules'][number];

/**
 * A group as Neutron returns it. Only the rules' `standard_attr_id`, a number in Neutron's database, is
 * absent.
 */
function renderGroup(backend: Backend, caller: Caller, group: SecurityGroup): WireGroup | Promise<WireGroup> {
  const rows = ruleRowsOf(backend.nb, group.id);
  const render = (row: (typeof rows)[number]): RuleOfGroup => {
    const rule = readRule(row);
    return { ...renderRule(backend, caller, rule), tags: rule.tags };
  };
  // OVSDB sets have no order.
  const byId = (a: RuleOfGroup, b: RuleOfGroup) => (a.id < b.id ? -1 : 1);
  if (rows.length <= FEW) return wireGroup(group, rows.map(render).sort(byId));
  return mapInSlices(rows, render)
    .then((rules) => sortInSlices(rules, byId))
    .then((rules) => wireGroup(group, rules));
}

/** The attributes of a group in Neutron's order. */
function wireGroup(group: SecurityGroup, rules: readonly RuleOfGroup[]): WireGroup {
  return {
    id: group.id,
    name: group.name,
    stateful: group.stateful,
    tenant_id: group.project_id,
    description: group.description,
    shared: false,
    security_group_rules: rules,
    tags: group.tags,
    created_at: group.created_at,
    updated_at: group.updated_at,
    revision_number: group.revision_number,
    project_id: group.project_id,
  };
}

/** Security groups. */
export const securityGroups = defineResource({
  plural: 'security_groups',
  path: 'security-groups',
  quota: 500,
  rows: groupRows,
  byId: groupsById,
  byProject: groupsByProject,
  filters: { name: isText, shared: isBool },
  sortKeys: ['name'],
  extensions: [
    {
      alias: 'security-group',
      name: 'security-group',
      description: 'The security groups extension.',
      updated: '2012-10-05T10:00:00-00:00',
    },
    {
      alias: 'stateful-security-group',
      name: 'Stateful security group',
      description: 'Indicates if the security group is stateful or not',
      updated: '2019-11-26T09:00:00-00:00',
    },
  ],
  ...securityGroupSchema,
  byExtension: true,
  notFound: (id) => neutronError('SecurityGroupNotFound', id),
  find: ({ nb }, id) => findSecurityGroup(nb, id),
  isVisible: (_backend, caller, group) => owns(caller, group),
  render: renderGroup,
  parse: parseGroup,
  insert: insertGroups,
  update: updateGroup,
  delete: deleteGroup,
  retag: (_backend, tx, group, tags) => writeGroup(tx, { ...group, tags, ...touched(group) }),
  beforeList: introduceProject,
});

/** Rules of security groups. */
export const securityGroupRules = defineResource({
  ...ruleQuota,
  plural: 'security_group_rules',
  path: 'security-group-rules',
  rows: ruleRows,
  byId: rulesById,
  indexes: { security_group_id: by(rulesByGroup) },
  filters: {
    security_group_id: isText,
    ethertype: equals(ethertype),
    direction: isText,
    protocol: equals(protocol),
    port_range_min: equals(portNumber),
    port_range_max: equals(portNumber),
    remote_ip_prefix: equals(remotePrefix),
    normalized_cidr: isText,
    remote_group_id: isText,
    remote_address_group_id: isText,
  },
  sortKeys: [
    'security_group_id',
    'ethertype',
    'direction',
    'protocol',
    'port_range_min',
    'port_range_max',
    'remote_ip_prefix',
    'normalized_cidr',
    'remote_group_id',
    'remote_address_group_id',
  ],
  extensions: [
    {
      alias: 'security-groups-normalized-cidr',
      name: 'Normalized CIDR field for security group rules',
      description: 'Add new field with normalized remote_ip_prefix cidr in SG rule',
      updated: '2020-07-28T10:00:00-00:00',
    },
  ],
  ...securityGroupRuleSchema,
  byExtension: true,
  notFound: (id) => neutronError('SecurityGroupRuleNotFound', id),
  find: ({ nb }, id) => findRule(nb, id),
  isVisible: (_backend, caller, rule) => owns(caller, rule),
  render: renderRule,
  parse: parseRule,
  checkAll: checkRules,
  shared: true,
  insert: insertRules,
  delete: deleteRule,
});
