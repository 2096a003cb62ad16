import { randomUUID } from 'node:crypto';
import type { RowRef } from '@ovn-docker/ovsdb';
import type { Backend } from '../../backend.ts';
import { aclColumns, DROP_GROUP, dropAcls } from '../../northbound/acl.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { findDefaultGroup, groupColumns, type SecurityGroupRule } from '../../northbound/security-groups.ts';

/** A Port_Group in a plan: its row, or one that the plan inserts. */
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

/** Inserts a group that lets everything out, and with `fromMembers` everything in from ports of the same group. */
export function insertGroup(tx: NbTransaction, group: NewGroup, fromMembers = false): GroupRef {
  const id = randomUUID();
  const rule = (direction: 'ingress' | 'egress', ethertype: 'IPv4' | 'IPv6'): SecurityGroupRule => ({
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

/** The default group of a project; made on first use. Part of a plan. */
export function ensureDefaultGroup(
  backend: Backend,
  tx: NbTransaction,
  projectId: string,
  made: Map<string, GroupRef>,
): GroupRef {
  const known = made.get(projectId) ?? findDefaultGroup(backend.nb, projectId);
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
  made.set(projectId, group);
  return group;
}

/** The group of all ports with port security; made on first use. Part of a plan. */
export function ensureDropGroup(backend: Backend, tx: NbTransaction, made: Map<string, GroupRef>): GroupRef {
  const [row] = backend.nb.replica.find('Port_Group', { name: DROP_GROUP });
  const known = made.get(DROP_GROUP) ?? (row && { id: DROP_GROUP, row: row._uuid });
  if (known) return known;
  const acls = dropAcls().map((acl) => tx.insert('ACL', acl));
  const group = { id: DROP_GROUP, row: tx.insert('Port_Group', { name: DROP_GROUP, acls }) };
  made.set(DROP_GROUP, group);
  return group;
}
