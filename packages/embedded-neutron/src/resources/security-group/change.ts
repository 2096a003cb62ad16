import type { Edit, ItemRequest } from '../../api/resource.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { aclColumns } from '../../northbound/acl.ts';
import { touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { hasPortsOfGroup } from '../../northbound/ports.ts';
import {
  findRule,
  findRuleRow,
  findSecurityGroup,
  groupColumns,
  rulesAbout,
  rulesOf,
  type SecurityGroup,
} from '../../northbound/security-groups.ts';
import { type Caller, isAdmin, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import type { securityGroupAttributes } from './attributes.ts';

/** The group, if the caller owns it. @throws NeutronError SecurityGroupNotFound */
export function ownGroup({ nb }: Backend, caller: Caller, id: string): SecurityGroup {
  const group = findSecurityGroup(nb, id);
  if (!group || !owns(caller, group)) throw neutronError('SecurityGroupNotFound', id);
  return group;
}

/** Writes a group's row. Part of a plan. */
export function writeGroup(tx: NbTransaction, group: SecurityGroup): void {
  tx.update('Port_Group', group.row, groupColumns(group));
}

/**
 * Plans a change of a group. A group with ports keeps its way of filtering.
 *
 * @throws NeutronError SecurityGroupCannotUpdateDefault, SecurityGroupInUse
 */
export function updateGroup(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision, changes }: Edit<typeof securityGroupAttributes>,
): void {
  const { nb } = backend;
  const group = ownGroup(backend, caller, id);
  requireRevision(revision, group);
  const changed = { ...group, ...changes, ...touched(group) } as SecurityGroup;
  if (changed.stateful !== group.stateful) {
    if (hasPortsOfGroup(nb, id)) throw neutronError('SecurityGroupInUse', id);
    for (const rule of rulesOf(nb, group)) {
      const row = findRuleRow(nb, rule.id);
      if (row) tx.update('ACL', row._uuid, { action: aclColumns(rule, changed.stateful).action });
    }
  }
  if (group.name === 'default' && changes.name !== undefined) {
    throw neutronError('SecurityGroupCannotUpdateDefault');
  }
  writeGroup(tx, changed);
}

/**
 * Plans the deletion of a group and its rules.
 *
 * @throws NeutronError SecurityGroupInUse for the default group, and while ports or rules of other groups use
 * the group
 */
export function deleteGroup(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision }: ItemRequest,
): void {
  const { nb } = backend;
  const group = ownGroup(backend, caller, id);
  requireRevision(revision, group);
  const inUse = hasPortsOfGroup(nb, id) || rulesAbout(nb, id).some((rule) => rule.security_group_id !== id);
  if (inUse || (group.name === 'default' && !isAdmin(caller))) throw neutronError('SecurityGroupInUse', id);
  tx.delete('Port_Group', group.row);
}

/** Plans the deletion of a rule. @throws NeutronError SecurityGroupRuleNotFound */
export function deleteRule(backend: Backend, tx: NbTransaction, { caller, id }: ItemRequest): void {
  const { nb } = backend;
  const rule = findRule(nb, id);
  if (!rule || !owns(caller, rule)) throw neutronError('SecurityGroupRuleNotFound', id);
  const group = ownGroup(backend, caller, rule.security_group_id);
  const row = findRuleRow(nb, id);
  if (row) tx.mutate('Port_Group', group.row, { delete: { acls: [row._uuid] } });
  writeGroup(tx, { ...group, ...touched(group) });
}
