import { randomUUID } from 'node:crypto';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { aclColumns } from '../../northbound/acl.ts';
import { standardNow, touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { rulesOf, type SecurityGroupRule } from '../../northbound/security-groups.ts';
import type { Caller } from '../../policy/caller.ts';
import { securityGroupAttributes, securityGroupRuleAttributes } from './attributes.ts';
import { ownGroup, writeGroup } from './change.ts';
import { checkRule, isSameRule } from './check-rule.ts';
import { ensureDefaultGroup, insertGroup } from './default-group.ts';

type Group = CreateValues<typeof securityGroupAttributes>;
type Rule = CreateValues<typeof securityGroupRuleAttributes>;

/** Reads security groups from a request. @throws NeutronError as {@link parseCreate} */
export function parseGroups(bodies: readonly Body[], caller: Caller): readonly Group[] {
  return bodies.map((body) => parseCreate('security_group', securityGroupAttributes, body, caller));
}

/** Plans new security groups, and the project's default group if the project has none. */
export function insertGroups(
  backend: Backend,
  tx: NbTransaction,
  _caller: Caller,
  requested: readonly Group[],
): string[] {
  return requested.map((values) => {
    if (values.name === 'default') throw neutronError('SecurityGroupDefaultAlreadyExists');
    ensureDefaultGroup(backend, tx, values.project_id);
    return insertGroup(tx, values).id;
  });
}

/** Reads rules from a request. @throws NeutronError SecurityGroup…, and those of {@link parseCreate} */
export function parseRules(bodies: readonly Body[], caller: Caller): readonly Rule[] {
  const requested = bodies.map((body) =>
    parseCreate('security_group_rule', securityGroupRuleAttributes, body, caller),
  );
  for (const values of requested) checkRule(values);
  return requested;
}

/** Plans new rules. */
export function insertRules(
  backend: Backend,
  tx: NbTransaction,
  caller: Caller,
  requested: readonly Rule[],
): string[] {
  const added: SecurityGroupRule[] = [];
  for (const { remote_address_group_id: _, ...values } of requested) {
    const group = ownGroup(backend, caller, values.security_group_id);
    if (values.remote_group_id !== null) ownGroup(backend, caller, values.remote_group_id);
    const addedToGroup = added.filter((rule) => rule.security_group_id === group.id);
    const same = [...rulesOf(backend.nb, group), ...addedToGroup].find((rule) => isSameRule(rule, values));
    if (same) throw neutronError('SecurityGroupRuleExists', same.id);
    const rule = { ...values, ...standardNow(0), id: randomUUID(), project_id: group.project_id, tags: [] };
    const acl = tx.insert('ACL', aclColumns(rule, group.stateful));
    tx.mutate('Port_Group', group.row, { insert: { acls: [acl] } });
    if (addedToGroup.length === 0) writeGroup(tx, { ...group, ...touched(group) });
    added.push(rule);
  }
  return added.map(({ id }) => id);
}
