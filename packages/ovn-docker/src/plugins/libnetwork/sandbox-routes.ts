import { NetlinkError, Rtnetlink } from '@ovn-docker/netlink';
import type { Routing } from './routing.ts';

/**
 * Where the networks of one container lead: two of them may bring the same route, and Docker does not start a container that is
 * given it twice. When a container starts, its namespace is empty until all its networks have been joined, so what
 * was answered is remembered; one that runs already shows what it has.
 */
export class SandboxRoutes {
  /** By libnetwork's endpoint. */
  readonly #joined = new Map<
    string,
    { readonly sandbox: string; readonly destinations: readonly string[] }
  >();

  /** Destinations that the other networks of the container bring. */
  taken(sandbox: string, endpointId: string): Set<string> {
    const others = [...this.#joined].filter(
      ([id, joined]) => id !== endpointId && joined.sandbox === sandbox,
    );
    return new Set([...others.flatMap(([, { destinations }]) => destinations), ...routesIn(sandbox)]);
  }

  join(sandbox: string, endpointId: string, { routes, connected }: Routing): void {
    const destinations = [...routes.map(({ destination }) => destination), ...connected];
    this.#joined.set(endpointId, { sandbox, destinations });
  }

  leave(endpointId: string): void {
    this.#joined.delete(endpointId);
  }
}

/** Destinations of the routes in a namespace; none when it is not there yet. */
function routesIn(netns: string): string[] {
  try {
    using inside = Rtnetlink.open(netns);
    return inside.routes().map(({ to }) => to);
  } catch (error) {
    if (error instanceof NetlinkError) return [];
    throw error;
  }
}
