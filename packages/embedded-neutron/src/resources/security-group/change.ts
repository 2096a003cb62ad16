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
  readRule,
  ruleRowsOf,
  rulesByGroup,
  rulesByRemoteGroup,
  type SecurityGroup,
} from '../../northbound/security-groups.ts';
import { eachRow } from '../../northbound/view.ts';
import { type Caller, isAdmin, owns } from '../../policy/caller.ts';
import { requireRevision } from '../../policy/revision.ts';
import type { securityGroupAttributes } from './attributes.ts';

/** The number of rules that one operation removes. */
const AT_ONCE = 64;

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
export function* updateGroup(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision, changes }: Edit<typeof securityGroupAttributes>,
): Generator<void, void> {
  const { nb } = backend;
  const group = ownGroup(backend, caller, id);
  requireRevision(revision, group);
  const changed = { ...group, ...changes, ...touched(group) } as SecurityGroup;
  if (changed.stateful !== group.stateful) {
    if (hasPortsOfGroup(nb, id)) throw neutronError('SecurityGroupInUse', id);
    for (const row of eachRow(nb.view, rulesByGroup, id)) {
      tx.update('ACL', row._uuid, { action: aclColumns(readRule(row), changed.stateful).action });
      yield;
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
export function* deleteGroup(
  backend: Backend,
  tx: NbTransaction,
  { caller, id, revision }: ItemRequest,
): Generator<void, void> {
  const { nb } = backend;
  const group = ownGroup(backend, caller, id);
  requireRevision(revision, group);
  const inUse = () => neutronError('SecurityGroupInUse', id);
  if (hasPortsOfGroup(nb, id) || (group.name === 'default' && !isAdmin(caller))) throw inUse();
  for (const row of eachRow(nb.view, rulesByRemoteGroup, id)) {
    if (readRule(row).security_group_id !== id) throw inUse();
    yield;
  }
  // OVSDB deletes the rules of a deleted group. Their number must also be right for the later plans of this
  // batch. OVSDB copies the whole set for each operation.
  const rules = ruleRowsOf(nb, id).map(({ _uuid }) => _uuid);
  for (let first = 0; first < rules.length; first += AT_ONCE) {
    tx.mutate('Port_Group', group.row, { delete: { acls: rules.slice(first, first + AT_ONCE) } });
    yield;
  }
  tx.delete('Port_Group', group.row);
}

/** Plans the deletion of a rule. A shared plan. @throws NeutronError SecurityGroupRuleNotFound */
export function deleteRule(backend: Backend, tx: NbTransaction, { caller, id }: ItemRequest): void {
  const { nb } = backend;
  const rule = findRule(nb, id);
  if (!rule || !owns(caller, rule)) throw neutronError('SecurityGroupRuleNotFound', id);
  const group = ownGroup(backend, caller, rule.security_group_id);
  tx.pin('Port_Group', group.row);
  const row = findRuleRow(nb, id);
  if (row) tx.mutate('Port_Group', group.row, { delete: { acls: [row._uuid] } });
  writeGroup(tx, { ...group, ...touched(group) });
}
