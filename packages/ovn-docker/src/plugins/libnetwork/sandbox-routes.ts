import { NetlinkError, Rtnetlink } from '@ovn-docker/netlink';
import { networkOf } from '../../addresses/cidr.ts';
import type { Routing, Taken } from '../../attach/parts/routing.ts';

interface Joined {
  readonly sandbox: string;
  readonly destinations: readonly string[];
  readonly connected: readonly string[];
}

/**
 * Where the networks of one container lead: two of them may bring the same route, and Docker does not start a container that is
 * given it twice. When a container starts, its namespace is empty until all its networks have been joined, so what
 * was answered is remembered; one that runs already shows what it has.
 */
export class SandboxRoutes {
  /** By libnetwork's endpoint. */
  readonly #joined = new Map<string, Joined>();

  /** What the other networks of the container bring, and whether it is just starting: nothing is in its namespace yet. */
  taken(sandbox: string, endpointId: string): Taken & { isStarting: boolean } {
    const others = [...this.#joined]
      .filter(([id, joined]) => id !== endpointId && joined.sandbox === sandbox)
      .map(([, joined]) => joined);
    const inside = lookInside(sandbox);
    return {
      isStarting: inside.beside.length === 0,
      taken: [...others.flatMap(({ destinations }) => destinations), ...inside.taken],
      beside: [...others.flatMap(({ connected }) => connected), ...inside.beside],
    };
  }

  join(sandbox: string, endpointId: string, { routes, connected }: Routing): void {
    const destinations = routes.map(({ destination }) => destination);
    this.#joined.set(endpointId, { sandbox, destinations, connected });
  }

  leave(endpointId: string): void {
    this.#joined.delete(endpointId);
  }
}

/** The routes in a namespace, and the networks that its interfaces are on; nothing when it is not there yet. */
function lookInside(netns: string): { taken: string[]; beside: string[] } {
  try {
    using inside = Rtnetlink.open(netns);
    const links = inside.links().filter(({ name }) => name !== 'lo');
    return {
      taken: inside.routes().map(({ to }) => to),
      beside: links.flatMap(({ name }) => inside.addresses(name).map(({ cidr }) => networkOf(cidr))),
    };
  } catch (error) {
    if (error instanceof NetlinkError) return { taken: [], beside: [] };
    throw error;
  }
}
