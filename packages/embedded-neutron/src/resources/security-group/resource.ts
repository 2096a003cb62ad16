import type { SecurityGroup as WireGroup, SecurityGroupRule as WireRule } from '@ovn-docker/openstack';
import { resource } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import {
  findRule,
  findSecurityGroup,
  listRules,
  listSecurityGroups,
  rulesOf,
  type SecurityGroup,
  type SecurityGroupRule,
} from '../../northbound/security-groups.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { normalizedCidr } from './check-rule.ts';
import {
  createSecurityGroups,
  deleteSecurityGroup,
  introduceProject,
  updateSecurityGroup,
  writeGroup,
} from './groups.ts';
import { createRules, deleteRule } from './rules.ts';

/** A rule as Neutron answers it, in its order. */
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

/** A group as Neutron answers it, in its order. Neutron's `standard_attr_id` of rules, a number of its own, is left out. */
function renderGroup(backend: Backend, caller: Caller, group: SecurityGroup): WireGroup {
  return {
    id: group.id,
    name: group.name,
    stateful: group.stateful,
    tenant_id: group.project_id,
    description: group.description,
    shared: false,
    security_group_rules: rulesOf(backend.nb, group).map((rule) => ({
      ...renderRule(backend, caller, rule),
      tags: rule.tags,
    })),
    tags: group.tags,
    created_at: group.created_at,
    updated_at: group.updated_at,
    revision_number: group.revision_number,
    project_id: group.project_id,
  };
}

export const securityGroups = resource<SecurityGroup>({
  singular: 'security_group',
  plural: 'security_groups',
  path: 'security-groups',
  filters: ['id', 'name', 'tenant_id', 'project_id', 'description', 'stateful', 'shared', 'revision_number'],
  notFound: (id) => neutronError('SecurityGroupNotFound', id),
  list: ({ nb }) => listSecurityGroups(nb),
  find: ({ nb }, id) => findSecurityGroup(nb, id),
  isVisible: (_backend, caller, group) => owns(caller, group),
  render: renderGroup,
  create: createSecurityGroups,
  update: updateSecurityGroup,
  delete: deleteSecurityGroup,
  retag: (_backend, tx, group, tags) => writeGroup(tx, { ...group, tags, ...touched(group) }),
  beforeList: introduceProject,
});

export const securityGroupRules = resource<SecurityGroupRule>({
  singular: 'security_group_rule',
  plural: 'security_group_rules',
  path: 'security-group-rules',
  filters: [
    'id',
    'tenant_id',
    'project_id',
    'security_group_id',
    'ethertype',
    'direction',
    'protocol',
    'port_range_min',
    'port_range_max',
    'remote_ip_prefix',
    'remote_group_id',
    'description',
    'revision_number',
  ],
  notFound: (id) => neutronError('SecurityGroupRuleNotFound', id),
  list: ({ nb }) => listRules(nb),
  find: ({ nb }, id) => findRule(nb, id),
  isVisible: (_backend, caller, rule) => owns(caller, rule),
  render: renderRule,
  create: createRules,
  delete: deleteRule,
});
