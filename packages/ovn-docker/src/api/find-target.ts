import type { Neutron } from '@ovn-docker/openstack';
import { findNetwork } from '../clients/neutron/networks.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import { requireConfirmed } from '../lifecycle/require-confirmed.ts';
import type { Engine } from '../nics/engine.ts';
import type { Target } from '../nics/nic.ts';
import type { ResolveRequest } from './types.ts';

/**
 * Finds the network and the security groups that a request names. If the request has neither a token nor
 * security groups, and the network has a pool, uses the pool's target and does not ask Neutron: a container
 * can then start with a warm NIC while Neutron is away.
 */
export async function findTarget(engine: Engine, neutron: Neutron, request: ResolveRequest): Promise<Target> {
  const { network, securityGroups = [], cred } = request;
  const known = cred === undefined && securityGroups.length === 0 ? knownTarget(engine, network) : undefined;
  if (known) return known;
  await requireConfirmed(engine);
  const target = await findNetwork(neutron, network);
  if (securityGroups.length === 0) return target;
  return { ...target, securityGroups: await findSecurityGroups(neutron, securityGroups) };
}

/**
 * Returns the pool's target that has all subnets of the network and the project's default security group.
 * Returns undefined when no pool or more than one pool has such a target.
 */
function knownTarget(engine: Engine, nameOrId: string): Target | undefined {
  const targets = engine.pools
    .all()
    .map(({ target }) => target)
    .filter(({ network, subnets, securityGroups }) => {
      const hasAllSubnets = subnets.length === network.subnets.length;
      const isNamed = network.id === nameOrId || network.name === nameOrId;
      return isNamed && hasAllSubnets && securityGroups === undefined;
    });
  return targets.length === 1 ? targets[0] : undefined;
}
