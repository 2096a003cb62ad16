import { randomUUID } from 'node:crypto';
import type { Uuid } from '@ovn-docker/ovsdb';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { aclColumns } from '../../northbound/acl.ts';
import { standardNow, touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { rulesByTraffic, trafficKey, trafficOf } from '../../northbound/rule-traffic.ts';
import { findDefaultGroup, readRule } from '../../northbound/security-groups.ts';
import type { Caller } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import {
  type securityGroupAttributes,
  type securityGroupRuleAttributes,
  securityGroupRuleSchema,
  securityGroupSchema,
} from './attributes.ts';
import { ownGroup, writeGroup } from './change.ts';
import { canonicalRule, checkRule } from './check-rule.ts';
import { ensureDefaultGroup, insertGroup } from './default-group.ts';
import { claimRules, ruleQuota, takeRulePlaces } from './rule-quota.ts';

type Group = CreateValues<typeof securityGroupAttributes>;
type Rule = CreateValues<typeof securityGroupRuleAttributes>;

/** Reads a security group from a request. @throws NeutronError as {@link parseCreate} */
export const parseGroup = (body: Body, caller: Caller): Group =>
  parseCreate(securityGroupSchema, body, caller);

/**
 * Plans new security groups, and the project's default group if the project has none.
 *
 * @throws NeutronError OverQuota if the quota of rules is too small for the rules of the groups
 */
export function* insertGroups(
  backend: Backend,
  tx: NbTransaction,
  _caller: Caller,
  requested: readonly Group[],
): Generator<void, readonly string[]> {
  const projects = requested.map(({ project_id }) => project_id);
  const withoutDefault = [...new Set(projects)].filter((id) => !findDefaultGroup(backend.nb, id));
  requireQuota(backend, ruleQuota, [
    ...projects.flatMap((id) => [id, id]),
    ...withoutDefault.flatMap((id) => [id, id, id, id]),
  ]);
  const ids: string[] = [];
  for (const values of requested) {
    ensureDefaultGroup(backend, tx, values.project_id);
    ids.push(insertGroup(tx, values).id);
    yield;
  }
  return ids;
}

/** Reads a rule from a request. @throws NeutronError as {@link parseCreate} */
export const parseRule = (body: Body, caller: Caller): Rule =>
  canonicalRule(parseCreate(securityGroupRuleSchema, body, caller));

/** Checks the rules of a request together. @throws NeutronError SecurityGroup… */
export function checkRules(requested: readonly Rule[]): void {
  if (new Set(requested.map(({ security_group_id }) => security_group_id)).size > 1) {
    throw neutronError('SecurityGroupNotSingleGroupRules');
  }
  if (new Set(requested.map(({ project_id }) => project_id)).size > 1) {
    throw neutronError('SecurityGroupRulesNotSingleTenant');
  }
  requested.forEach(checkRule);
}

/**
 * Plans new rules, all of one group. A shared plan: it pins the group, so that it sees all its rules, and
 * claims the number of the project's rules.
 *
 * @throws NeutronError OverQuota, SecurityGroupRuleExists, DuplicateSecurityGroupRuleInPost, …NotFound
 */
export function* insertRules(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly Rule[],
): Generator<void, readonly string[]> {
  const [first] = requested;
  if (first === undefined) return [];
  takeRulePlaces(
    backend,
    tx,
    requested.map(({ project_id }) => project_id),
  );
  const group = ownGroup(backend, caller, first.security_group_id);
  tx.pin('Port_Group', group.row);
  claimRules(tx, group.project_id);
  const added = new Map<string, string>();
  const acls: Uuid[] = [];
  for (const { remote_address_group_id: addressGroup, ...values } of requested) {
    if (values.remote_group_id !== null) ownGroup(backend, caller, values.remote_group_id);
    if (addressGroup !== null) throw neutronError('AddressGroupNotFound', addressGroup);
    const traffic = trafficOf(values);
    if (added.has(traffic)) throw neutronError('DuplicateSecurityGroupRuleInPost');
    const [same] = backend.nb.view.find(rulesByTraffic, trafficKey(group.id, traffic));
    if (same) throw neutronError('SecurityGroupRuleExists', readRule(same).id);
    const rule = { ...values, ...standardNow(0), id: randomUUID(), project_id: group.project_id, tags: [] };
    acls.push(tx.insert('ACL', aclColumns(rule, group.stateful)));
    added.set(traffic, rule.id);
    yield;
  }
  tx.mutate('Port_Group', group.row, { insert: { acls } });
  writeGroup(tx, { ...group, ...touched(group) });
  return [...added.values()];
}
