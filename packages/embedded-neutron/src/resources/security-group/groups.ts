import { parseCreate, parseUpdate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { listPorts } from '../../northbound/ports.ts';
import {
  findDefaultGroup,
  findSecurityGroup,
  groupColumns,
  listRules,
  type SecurityGroup,
} from '../../northbound/security-groups.ts';
import { type Caller, isAdmin, owns } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import { requireRevision } from '../../policy/revision.ts';
import { securityGroupAttributes } from './attributes.ts';
import { ensureDefaultGroup, insertGroup } from './default-group.ts';

/** Creates security groups, all or none; the project's default group is made too if this is its first use. */
export async function createSecurityGroups(
  backend: Backend,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) => parseCreate('security_group', securityGroupAttributes, body, caller));
  return backend.nb.change((tx) => {
    requireQuota(
      backend,
      'security_group',
      wanted.map(({ project_id }) => project_id),
    );
    const made = new Map();
    return wanted.map((values) => {
      if (values.name === 'default') throw neutronError('SecurityGroupDefaultAlreadyExists');
      ensureDefaultGroup(backend, tx, values.project_id, made);
      return insertGroup(tx, values).id;
    });
  });
}

/** Makes the default group of the caller's project unless it is there: Neutron does so when groups are first listed. */
export async function introduceProject(backend: Backend, caller: Caller): Promise<void> {
  if (findDefaultGroup(backend.nb, caller.projectId)) return;
  await backend.nb.change((tx) => {
    ensureDefaultGroup(backend, tx, caller.projectId, new Map());
  });
}

/** The group if it is this caller's. @throws NeutronError SecurityGroupNotFound */
export function ownGroup(backend: Backend, caller: Caller, id: string): SecurityGroup {
  const group = findSecurityGroup(backend.nb, id);
  if (!group || !owns(caller, group)) throw neutronError('SecurityGroupNotFound', id);
  return group;
}

/** Writes a group's row. Part of a plan. */
export function writeGroup(tx: NbTransaction, group: SecurityGroup): void {
  tx.update('Port_Group', group.row, groupColumns(group));
}

/** Changes name or description. */
export function updateSecurityGroup(
  backend: Backend,
  caller: Caller,
  id: string,
  body: Readonly<Record<string, unknown>>,
  revision?: number,
): Promise<void> {
  const changes = parseUpdate('security_group', securityGroupAttributes, body, caller);
  return backend.nb.change((tx) => {
    const group = ownGroup(backend, caller, id);
    requireRevision(revision, group);
    const renames = changes.name !== undefined && changes.name !== group.name;
    if (renames && (group.name === 'default' || changes.name === 'default')) {
      throw neutronError('SecurityGroupCannotUpdateDefault');
    }
    writeGroup(tx, { ...group, ...changes, ...touched(group) } as SecurityGroup);
  });
}

/** Deletes a group with its rules; refused for the default group and while ports or rules use it. */
export function deleteSecurityGroup(
  backend: Backend,
  caller: Caller,
  id: string,
  revision?: number,
): Promise<void> {
  return backend.nb.change((tx) => {
    const group = ownGroup(backend, caller, id);
    requireRevision(revision, group);
    const inUse =
      listPorts(backend.nb).some((port) => port.security_groups.includes(id)) ||
      listRules(backend.nb).some((rule) => rule.remote_group_id === id && rule.security_group_id !== id);
    if (inUse || (group.name === 'default' && !isAdmin(caller))) throw neutronError('SecurityGroupInUse', id);
    tx.delete('Port_Group', group.row);
  });
}
