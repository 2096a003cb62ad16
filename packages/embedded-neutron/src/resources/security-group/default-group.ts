import { randomUUID } from 'node:crypto';
import type { RowRef } from '@ovn-docker/ovsdb';
import type { Backend } from '../../backend.ts';
import { aclColumns, DROP_GROUP, dropAcls } from '../../northbound/acl.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findDefaultGroup, groupColumns, type SecurityGroupRule } from '../../northbound/security-groups.ts';
import type { Caller } from '../../policy/caller.ts';

/** A Port_Group in a plan. `row` is an existing row or one that the plan inserts. */
export interface GroupRef {
  readonly id: string;
  readonly row: string | RowRef;
}

interface NewGroup {
  readonly name: string;
  readonly description: string;
  readonly project_id: string;
  readonly stateful: boolean;
  readonly tags: readonly string[];
}

const families = ['IPv4', 'IPv6'] as const;

/** Plans a group that allows all egress and, with `fromMembers`, all ingress from ports of the same group. */
export function insertGroup(tx: NbTransaction, group: NewGroup, fromMembers = false): GroupRef {
  const id = randomUUID();
  const rule = (
    direction: SecurityGroupRule['direction'],
    ethertype: SecurityGroupRule['ethertype'],
  ): SecurityGroupRule => ({
    ...standardNow(0),
    id: randomUUID(),
    project_id: group.project_id,
    description: '',
    tags: [],
    security_group_id: id,
    direction,
    ethertype,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_group_id: direction === 'ingress' ? id : null,
  });
  const rules = [
    ...families.map((family) => rule('egress', family)),
    ...(fromMembers ? families.map((family) => rule('ingress', family)) : []),
  ];
  const acls = rules.map((each) => tx.insert('ACL', aclColumns(each, group.stateful)));
  return { id, row: tx.insert('Port_Group', { ...groupColumns({ ...group, ...standardNow(1), id }), acls }) };
}

/**
 * The default group of a project, created on first use. Part of a plan.
 *
 * @param planned groups that the plan has inserted, by project
 */
export function ensureDefaultGroup(
  backend: Backend,
  tx: NbTransaction,
  projectId: string,
  planned: Map<string, GroupRef>,
): GroupRef {
  const known = planned.get(projectId) ?? findDefaultGroup(backend.nb, projectId);
  if (known) return known;
  const group = insertGroup(
    tx,
    {
      name: 'default',
      description: 'Default security group',
      project_id: projectId,
      stateful: true,
      tags: [],
    },
    true,
  );
  planned.set(projectId, group);
  return group;
}

/**
 * Creates the default group of the caller's project, if absent: Neutron does so when groups are first listed.
 */
export async function introduceProject(backend: Backend, caller: Caller): Promise<void> {
  if (findDefaultGroup(backend.nb, caller.projectId)) return;
  await backend.nb.change((tx) => {
    ensureDefaultGroup(backend, tx, caller.projectId, new Map());
  });
}

/** The group of all ports with port security, created on first use. Part of a plan. */
export function ensureDropGroup(
  backend: Backend,
  tx: NbTransaction,
  planned: Map<string, GroupRef>,
): GroupRef {
  const [row] = backend.nb.replica.find('Port_Group', { name: DROP_GROUP });
  const known = planned.get(DROP_GROUP) ?? (row && { id: DROP_GROUP, row: row._uuid });
  if (known) return known;
  const acls = dropAcls().map((acl) => tx.insert('ACL', acl));
  const group = { id: DROP_GROUP, row: tx.insert('Port_Group', { name: DROP_GROUP, acls }) };
  planned.set(DROP_GROUP, group);
  return group;
}
