import type { Neutron } from '@ovn-docker/openstack';
import { findNetwork } from '../clients/neutron/networks.ts';
import { findSecurityGroups } from '../clients/neutron/security-groups.ts';
import type { Engine } from '../nics/engine.ts';
import type { Target } from '../nics/nic.ts';
import type { ResolveRequest } from './types.ts';

/**
 * Finds the network and the security groups that a request names. For a request without token and security
 * groups, the agent does not ask Neutron about a network that it knows: with a warm NIC, containers start
 * while Neutron is away.
 */
export async function findTarget(engine: Engine, neutron: Neutron, request: ResolveRequest): Promise<Target> {
  const { network, securityGroups = [], cred } = request;
  const known = cred === undefined && securityGroups.length === 0 ? knownTarget(engine, network) : undefined;
  if (known) return known;
  const target = await findNetwork(neutron, network);
  if (securityGroups.length === 0) return target;
  return { ...target, securityGroups: await findSecurityGroups(neutron, securityGroups) };
}

/** The only target with all subnets of the network and with the project's default security group. */
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
