import { overlaps, parseCidr } from '../../clients/cidr.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import type { Nic } from '../../nics/nic.ts';
import { dockerNetworks } from './docker-networks.ts';
import { destinationOf } from './routing.ts';
import type { Requests } from './wire.ts';

/**
 * The networks of each container, running or not: id of its endpoint (empty without one), by the network's id. It is all that a
 * handler may ask Docker: dockerd waits for the handler meanwhile.
 */
export type NetworksOfContainers = (signal: AbortSignal) => Promise<ReadonlyMap<string, string>[]>;

/** How long dockerd may take to answer, in milliseconds; it answers in a few, or not before all its containers run. */
const PATIENCE_MS = 1000;

/**
 * The networks that a starting container may join after this one, as far as a host route of this one leads there: Docker joins a
 * container's networks in no certain order, a Join does not say whose it is, and an answered route cannot be taken back. So
 * Docker is asked which containers on this network are not joined yet, and what other networks they have. When
 * it does not answer (it starts, and with it its containers), any of our networks may come: a container that lacks a route is
 * better than one that Docker does not start.
 */
export async function networksToCome(
  state: Pick<AgentState, 'nics' | 'vm' | 'log'>,
  networksOfContainers: NetworksOfContainers,
  nic: Pick<Nic, 'target'>,
  { NetworkID: networkId, EndpointID: endpointId }: Pick<Requests['Join'], 'NetworkID' | 'EndpointID'>,
): Promise<string[]> {
  const led = nic.target.subnets.flatMap(({ host_routes }) =>
    host_routes.map(({ destination }) => parseCidr(destinationOf(destination))),
  );
  const { vmSwitch } = await state.vm();
  const reached = new Map<string, string[]>();
  for (const [id, { subnets }] of dockerNetworks.all(vmSwitch)) {
    const cidrs = subnets.map(({ cidr }) => cidr);
    const isLedTo = cidrs.some((cidr) => led.some((route) => overlaps(route, parseCidr(cidr))));
    if (id !== networkId && isLedTo) reached.set(id, cidrs);
  }
  if (reached.size === 0) return [];
  try {
    const containers = await networksOfContainers(AbortSignal.timeout(PATIENCE_MS));
    const starting = containers.filter((endpoints) => {
      const endpoint = endpoints.get(networkId);
      return endpoint !== undefined && (endpoint === endpointId || !state.nics.withEndpoint(endpoint));
    });
    return starting.flatMap((endpoints) => [...endpoints.keys()].flatMap((id) => reached.get(id) ?? []));
  } catch (error) {
    state.log.debug({ err: error }, 'Docker does not answer');
    return [...reached.values()].flat();
  }
}
