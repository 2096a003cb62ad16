import type { Scope } from '../address/address.ts';
import type { Family } from '../address/ip.ts';
import type { LinkRef } from '../link/link.ts';

/** What happens to a packet that takes a route: it goes on, is dropped silently, or is refused with an ICMP error. */
export type RouteType = 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';

/** A route, as RTM_GETROUTE tells it (rtnetlink(7)). It can be given to deleteRoute and addRoute as it is. */
export interface Route {
  readonly family: Family;
  /** `192.0.2.0/24`, or `default`. */
  readonly to: string;
  readonly type: RouteType;
  /** The gateway; its family may differ from the route's. Not told for a route with several next hops. */
  readonly via?: string;
  /** Index of the outgoing link. */
  readonly link?: number;
  /** The gateway counts as reachable although no address of the link covers it (RTNH_F_ONLINK). */
  readonly onlink: boolean;
  /** Preferred source address. */
  readonly source?: string;
  /** Smaller wins (RTA_PRIORITY). */
  readonly metric?: number;
  /** 254 is the main table. */
  readonly table: number;
  readonly scope: Scope;
}

/** A route to add or to delete. */
export interface RouteSpec {
  /** `192.0.2.0/24`, one address, or `default`. */
  to: string;
  /** Needed for `default` without `via` in IPv6; otherwise it follows from the addresses. */
  family?: Family;
  type?: RouteType;
  via?: string;
  link?: LinkRef;
  onlink?: boolean;
  source?: string;
  metric?: number;
  /** 254, the main table, when not given. */
  table?: number;
}
