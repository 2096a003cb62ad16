import { explained } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic, Target } from '../nics/nic.ts';
import { poolKey } from '../nics/pool.ts';
import { markSpent } from './mark-spent.ts';
import { requireConfirmed } from './require-confirmed.ts';

/** Whether two targets differ in their security groups and in nothing else. */
export function differInGroups(a: Target, b: Target): boolean {
  const withoutGroups = ({ network, subnets }: Target) => poolKey({ network, subnets });
  return poolKey(a) !== poolKey(b) && withoutGroups(a) === withoutGroups(b);
}

/**
 * Gives a claimed NIC the security groups of another target on the same network and subnets. The port stays:
 * on a network that another project shares, a member may not create it again with its address (policy
 * create_port:fixed_ips:ip_address).
 */
export async function replaceSecurityGroups(engine: Engine, nic: Nic, target: Target): Promise<void> {
  await requireConfirmed(engine);
  const { port } = nic;
  if (!port) return;
  const groups = target.securityGroups ?? [await defaultGroup(engine, port.project_id)];
  await markSpent(engine, nic, port);
  nic.port = await explained(engine.neutron.ports.update(port.id, { security_groups: groups }));
  nic.target = target;
}

/** The group that Neutron gives to a port that names none. */
async function defaultGroup(engine: Engine, project_id = ''): Promise<string> {
  const query = { name: 'default', ...(project_id && { project_id }), fields: ['id'] };
  const [group] = await explained(engine.neutron.securityGroups.all(query));
  if (group) return group.id;
  throw new OvnDockerError('E_SECURITY_GROUP_UNKNOWN', 'the project has no security group called "default"');
}
