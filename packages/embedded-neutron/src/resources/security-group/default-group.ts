import { randomUUID } from 'node:crypto';
import type { Backend } from '../../backend.ts';
import { aclColumns, DROP_GROUP, dropAcls } from '../../northbound/acl.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import {
  findDefaultGroup,
  groupColumns,
  portGroupsByName,
  type SecurityGroupRule,
} from '../../northbound/security-groups.ts';
import type { Caller } from '../../policy/caller.ts';
import { claimRules } from './rule-quota.ts';

/** A Port_Group in a plan. `row` is the UUID of its row. */
export interface GroupRef {
  readonly id: string;
  readonly row: string;
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
  claimRules(tx, group.project_id);
  const acls = rules.map((each) => tx.insert('ACL', aclColumns(each, group.stateful)));
  return { id, row: tx.insert('Port_Group', { ...groupColumns({ ...group, ...standardNow(1), id }), acls }) };
}

/** The default group of a project, created on first use. Part of a plan. */
export function ensureDefaultGroup(backend: Backend, tx: NbTransaction, projectId: string): GroupRef {
  const known = findDefaultGroup(backend.nb, projectId);
  if (known) return known;
  tx.claim('default group', projectId);
  return insertGroup(
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
}

/**
 * Creates the default group of the caller's project, if absent: Neutron does so when groups are first listed.
 */
export async function introduceProject(backend: Backend, caller: Caller): Promise<void> {
  if (findDefaultGroup(backend.nb, caller.projectId)) return;
  await backend.nb.change((tx) => {
    ensureDefaultGroup(backend, tx, caller.projectId);
  });
}

/** The group of all ports with port security, created on first use. Part of a plan. */
export function ensureDropGroup({ nb }: Backend, tx: NbTransaction): GroupRef {
  const [known] = nb.view.find(portGroupsByName, DROP_GROUP);
  if (known) return { id: DROP_GROUP, row: known._uuid };
  tx.claim('drop group');
  const acls = dropAcls().map((acl) => tx.insert('ACL', acl));
  return { id: DROP_GROUP, row: tx.insert('Port_Group', { name: DROP_GROUP, acls }) };
}
