import { randomUUID } from 'node:crypto';
import type { Uuid } from '@ovn-docker/ovsdb';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { aclColumns } from '../../northbound/acl.ts';
import { standardNow, touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findDefaultGroup, rulesOf } from '../../northbound/security-groups.ts';
import type { Caller } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import {
  type securityGroupAttributes,
  type securityGroupRuleAttributes,
  securityGroupRuleSchema,
  securityGroupSchema,
} from './attributes.ts';
import { ownGroup, writeGroup } from './change.ts';
import { canonicalRule, checkRule, trafficOf } from './check-rule.ts';
import { ensureDefaultGroup, insertGroup } from './default-group.ts';
import { ruleQuota } from './rule-quota.ts';

type Group = CreateValues<typeof securityGroupAttributes>;
type Rule = CreateValues<typeof securityGroupRuleAttributes>;

/** Reads security groups from a request. @throws NeutronError as {@link parseCreate} */
export function parseGroups(bodies: readonly Body[], caller: Caller): readonly Group[] {
  return bodies.map((body) => parseCreate(securityGroupSchema, body, caller));
}

/**
 * Plans new security groups, and the project's default group if the project has none.
 *
 * @throws NeutronError OverQuota if the quota of rules is too small for the rules of the groups
 */
export function insertGroups(
  backend: Backend,
  tx: NbTransaction,
  _caller: Caller,
  requested: readonly Group[],
): string[] {
  const projects = requested.map(({ project_id }) => project_id);
  const withoutDefault = [...new Set(projects)].filter((id) => !findDefaultGroup(backend.nb, id));
  requireQuota(backend, ruleQuota, [
    ...projects.flatMap((id) => [id, id]),
    ...withoutDefault.flatMap((id) => [id, id, id, id]),
  ]);
  return requested.map((values) => {
    ensureDefaultGroup(backend, tx, values.project_id);
    return insertGroup(tx, values).id;
  });
}

/** Reads rules from a request. @throws NeutronError SecurityGroup…, and those of {@link parseCreate} */
export function parseRules(bodies: readonly Body[], caller: Caller): readonly Rule[] {
  const requested = bodies.map((body) => canonicalRule(parseCreate(securityGroupRuleSchema, body, caller)));
  if (new Set(requested.map(({ security_group_id }) => security_group_id)).size > 1) {
    throw neutronError('SecurityGroupNotSingleGroupRules');
  }
  if (new Set(requested.map(({ project_id }) => project_id)).size > 1) {
    throw neutronError('SecurityGroupRulesNotSingleTenant');
  }
  requested.forEach(checkRule);
  return requested;
}

/** Plans new rules, all of one group. */
export function insertRules(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly Rule[],
): string[] {
  const [first] = requested;
  if (first === undefined) return [];
  const group = ownGroup(backend, caller, first.security_group_id);
  const existing = new Map(rulesOf(backend.nb, group).map((rule) => [trafficOf(rule), rule.id]));
  const added = new Map<string, string>();
  const acls: Uuid[] = [];
  for (const { remote_address_group_id: addressGroup, ...values } of requested) {
    if (values.remote_group_id !== null) ownGroup(backend, caller, values.remote_group_id);
    if (addressGroup !== null) throw neutronError('AddressGroupNotFound', addressGroup);
    const traffic = trafficOf(values);
    if (added.has(traffic)) throw neutronError('DuplicateSecurityGroupRuleInPost');
    const same = existing.get(traffic);
    if (same !== undefined) throw neutronError('SecurityGroupRuleExists', same);
    const rule = { ...values, ...standardNow(0), id: randomUUID(), project_id: group.project_id, tags: [] };
    acls.push(tx.insert('ACL', aclColumns(rule, group.stateful)));
    added.set(traffic, rule.id);
  }
  tx.mutate('Port_Group', group.row, { insert: { acls } });
  writeGroup(tx, { ...group, ...touched(group) });
  return [...added.values()];
}
