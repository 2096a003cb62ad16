import type { Scope } from '../address/address.ts';
import type { Family } from '../address/ip.ts';
import type { LinkRef } from '../link/link.ts';

/**
 * What the kernel does with a packet that matches a route: it forwards the packet (`unicast`), drops it
 * silently (`blackhole`), or refuses it with an ICMP error (`unreachable`, `prohibit`).
 */
export type RouteType = 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';

/** A route, as RTM_GETROUTE returns it (rtnetlink(7)). `addRoute` and `deleteRoute` accept it unchanged. */
export interface Route {
  readonly family: Family;
  /** `192.0.2.0/24`, or `default`. */
  readonly to: string;
  readonly type: RouteType;
  /** The gateway. Its family may differ from the route's. Absent for a route with several next hops. */
  readonly via?: string;
  /** Index of the outgoing link. */
  readonly link?: number;
  /**
   * Whether the kernel treats the gateway as reachable although no prefix of the link contains it
   * (RTNH_F_ONLINK).
   */
  readonly onlink: boolean;
  /** Preferred source address. */
  readonly source?: string;
  /** Priority of the route (RTA_PRIORITY); the smallest wins. */
  readonly metric?: number;
  /** Number of the routing table; 254 is the main table. */
  readonly table: number;
  readonly scope: Scope;
  /** Who added the route (rtm_protocol): 2 is the kernel, 3 boot scripts, 9 a router advertisement. */
  readonly protocol: number;
}

/** A route to add or to delete. */
export interface RouteSpec {
  /** `192.0.2.0/24`, one address, or `default`. */
  to: string;
  /** Required only for an IPv6 `default` without `via` and `source`; otherwise the addresses determine it. */
  family?: Family;
  type?: RouteType;
  via?: string;
  link?: LinkRef;
  onlink?: boolean;
  source?: string;
  metric?: number;
  /** Default: 254, the main table. */
  table?: number;
  /**
   * The place among the routes with the same destination, table and metric, of which IPv4 uses the first one.
   * Default: there must be none. {@link Route} does not show it, and deleting a route ignores it.
   */
  order?: 'first' | 'last';
}
