import type { Cloud } from '../clients/neutron/cloud.ts';
import type { Engine } from '../nics/engine.ts';
import { requireMtu } from '../vm/require-mtu.ts';
import { asCaller } from './as-caller.ts';
import { findTarget } from './find-target.ts';
import type { NetworkView, ResolveRequest } from './types.ts';

/**
 * Finds a network by name or id, with the caller's credential. `ovn-docker run` creates a Docker network from
 * the answer.
 */
export function resolveNetwork(engine: Engine, cloud: Cloud, request: ResolveRequest): Promise<NetworkView> {
  return asCaller(engine, cloud, request, async (neutron) => {
    const { network, subnets, securityGroups } = await findTarget(engine, neutron, request);
    requireMtu({ network, subnets }, await engine.vm());
    // RFC 1034 §3.1: a complete domain name ends with a dot; resolv.conf(5) omits the dot.
    const domain = network.dns_domain?.replace(/\.$/, '');
    return {
      id: network.id,
      name: network.name,
      ...(domain ? { domain } : {}),
      ...(securityGroups ? { securityGroups } : {}),
      subnets: subnets.map(({ id, cidr, gateway_ip, dns_nameservers }) => ({
        id,
        cidr,
        dns: dns_nameservers,
        ...(gateway_ip ? { gateway: gateway_ip } : {}),
      })),
    };
  });
}
