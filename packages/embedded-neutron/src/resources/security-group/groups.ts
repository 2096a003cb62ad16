import { parseCreate, parseUpdate } from '../../attributes/attributes.ts';
import type { Cloud } from '../../cloud.ts';
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
  cloud: Cloud,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) => parseCreate('security_group', securityGroupAttributes, body, caller));
  return cloud.nb.change((tx) => {
    requireQuota(
      cloud,
      'security_group',
      wanted.map(({ project_id }) => project_id),
    );
    const made = new Map();
    return wanted.map((values) => {
      if (values.name === 'default') throw neutronError('SecurityGroupDefaultAlreadyExists');
      ensureDefaultGroup(cloud, tx, values.project_id, made);
      return insertGroup(tx, values).id;
    });
  });
}

/** Makes the default group of the caller's project unless it is there: Neutron does so when groups are first listed. */
export async function introduceProject(cloud: Cloud, caller: Caller): Promise<void> {
  if (findDefaultGroup(cloud.nb, caller.projectId)) return;
  await cloud.nb.change((tx) => {
    ensureDefaultGroup(cloud, tx, caller.projectId, new Map());
  });
}

/** The group if it is this caller's. @throws NeutronError SecurityGroupNotFound */
export function ownGroup(cloud: Cloud, caller: Caller, id: string): SecurityGroup {
  const group = findSecurityGroup(cloud.nb, id);
  if (!group || !owns(caller, group)) throw neutronError('SecurityGroupNotFound', id);
  return group;
}

/** Writes a group's row. Part of a plan. */
export function writeGroup(tx: NbTransaction, group: SecurityGroup): void {
  tx.update('Port_Group', group.row, groupColumns(group));
}

/** Changes name or description. */
export function updateSecurityGroup(
  cloud: Cloud,
  caller: Caller,
  id: string,
  body: Readonly<Record<string, unknown>>,
  revision?: number,
): Promise<void> {
  const changes = parseUpdate('security_group', securityGroupAttributes, body, caller);
  return cloud.nb.change((tx) => {
    const group = ownGroup(cloud, caller, id);
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
  cloud: Cloud,
  caller: Caller,
  id: string,
  revision?: number,
): Promise<void> {
  return cloud.nb.change((tx) => {
    const group = ownGroup(cloud, caller, id);
    requireRevision(revision, group);
    const inUse =
      listPorts(cloud.nb).some((port) => port.security_groups.includes(id)) ||
      listRules(cloud.nb).some((rule) => rule.remote_group_id === id && rule.security_group_id !== id);
    if (inUse || (group.name === 'default' && !isAdmin(caller))) throw neutronError('SecurityGroupInUse', id);
    tx.delete('Port_Group', group.row);
  });
}
