import { randomUUID } from 'node:crypto';
import { parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { aclColumns } from '../../northbound/acl.ts';
import { standardNow, touched } from '../../northbound/external-ids.ts';
import { findRule, findRuleRow, rulesOf, type SecurityGroupRule } from '../../northbound/security-groups.ts';
import { type Caller, owns } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import { securityGroupRuleAttributes } from './attributes.ts';
import { checkRule, isSameRule } from './check-rule.ts';
import { ownGroup, writeGroup } from './groups.ts';

/** Creates rules, all or none. Answers their ids in the order of the bodies. */
export async function createRules(
  backend: Backend,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) =>
    parseCreate('security_group_rule', securityGroupRuleAttributes, body, caller),
  );
  for (const values of wanted) checkRule(values);
  return backend.nb.change((tx) => {
    requireQuota(
      backend,
      'security_group_rule',
      wanted.map(({ project_id }) => project_id),
    );
    const added: SecurityGroupRule[] = [];
    for (const { remote_address_group_id: _, ...values } of wanted) {
      const group = ownGroup(backend, caller, values.security_group_id);
      if (values.remote_group_id !== null) ownGroup(backend, caller, values.remote_group_id);
      const others = [
        ...rulesOf(backend.nb, group),
        ...added.filter((rule) => rule.security_group_id === group.id),
      ];
      const same = others.find((rule) => isSameRule(rule, values));
      if (same) throw neutronError('SecurityGroupRuleExists', same.id);
      const rule = { ...values, ...standardNow(0), id: randomUUID(), project_id: group.project_id, tags: [] };
      const acl = tx.insert('ACL', aclColumns(rule, group.stateful));
      tx.mutate('Port_Group', group.row, { insert: { acls: [acl] } });
      if (!added.some((other) => other.security_group_id === group.id))
        writeGroup(tx, { ...group, ...touched(group) });
      added.push(rule);
    }
    return added.map(({ id }) => id);
  });
}

/** The rule if it is this caller's. @throws NeutronError SecurityGroupRuleNotFound */
export function ownRule(backend: Backend, caller: Caller, id: string): SecurityGroupRule {
  const rule = findRule(backend.nb, id);
  if (!rule || !owns(caller, rule)) throw neutronError('SecurityGroupRuleNotFound', id);
  return rule;
}

/** Deletes a rule. */
export function deleteRule(backend: Backend, caller: Caller, id: string): Promise<void> {
  return backend.nb.change((tx) => {
    const rule = ownRule(backend, caller, id);
    const group = ownGroup(backend, caller, rule.security_group_id);
    const row = findRuleRow(backend.nb, id);
    if (row) tx.mutate('Port_Group', group.row, { delete: { acls: [row._uuid] } });
    writeGroup(tx, { ...group, ...touched(group) });
  });
}
