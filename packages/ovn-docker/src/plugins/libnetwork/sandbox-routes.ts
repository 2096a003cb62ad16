import { NetlinkError, Rtnetlink } from '@ovn-docker/netlink';
import { networkOf } from '../../addresses/cidr.ts';
import type { Routing, Taken } from '../../attach/parts/routing.ts';

interface Joined {
  readonly sandbox: string;
  readonly destinations: readonly string[];
  readonly connected: readonly string[];
  readonly addresses: readonly string[];
}

/**
 * The routes of a container's networks. Two networks may have the same route, and Docker does not start a
 * container with a duplicate route. The namespace of a starting container is empty until Docker has joined
 * all its networks, so this class remembers the answers to Join; for a running container it reads the
 * namespace, too.
 */
export class SandboxRoutes {
  /** By libnetwork's endpoint id. */
  readonly #joined = new Map<string, Joined>();

  /**
   * The routes of the container's other networks. The container is starting if its namespace has no interface
   * yet.
   */
  taken(sandbox: string, endpointId: string): Taken & { isStarting: boolean } {
    const others = [...this.#joined]
      .filter(([id, joined]) => id !== endpointId && joined.sandbox === sandbox)
      .map(([, joined]) => joined);
    const inside = readNamespace(sandbox);
    return {
      isStarting: inside.beside.length === 0,
      taken: [...others.flatMap(({ destinations }) => destinations), ...inside.taken],
      beside: [...others.flatMap(({ connected }) => connected), ...inside.beside],
      addresses: [...others.flatMap(({ addresses }) => addresses), ...inside.addresses],
    };
  }

  join(sandbox: string, endpointId: string, { routes, connected, addresses }: Routing): void {
    const destinations = routes.map(({ destination }) => destination);
    this.#joined.set(endpointId, { sandbox, destinations, connected, addresses });
  }

  leave(endpointId: string): void {
    this.#joined.delete(endpointId);
  }
}

/**
 * The routes, networks and addresses of the interfaces in a namespace; none when the namespace does not exist
 * yet.
 */
function readNamespace(netns: string): { taken: string[]; beside: string[]; addresses: string[] } {
  try {
    using inside = Rtnetlink.open(netns);
    const links = inside.links().filter(({ name }) => name !== 'lo');
    const cidrs = links.flatMap(({ name }) => inside.addresses(name).map(({ cidr }) => cidr));
    return {
      taken: inside.routes().map(({ to }) => to),
      beside: cidrs.map(networkOf),
      addresses: cidrs.map((cidr) => cidr.replace(/\/.*/, '')),
    };
  } catch (error) {
    if (error instanceof NetlinkError) return { taken: [], beside: [], addresses: [] };
    throw error;
  }
}
