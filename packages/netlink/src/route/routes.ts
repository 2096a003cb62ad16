import { addressFamily, type Family } from '../address/ip.ts';
import { RT_SCOPE_LINK, RT_SCOPE_NOWHERE, RT_SCOPE_UNIVERSE } from '../address/scope.ts';
import { u32Attribute } from '../codec/attribute.ts';
import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL } from '../codec/message.ts';
import { isNetlinkError } from '../errors.ts';
import { linkIndex } from '../link/get-link.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import { decodeRoute } from './decode-route.ts';
import { encodeRoute } from './encode-route.ts';
import {
  RT_TABLE_MAIN,
  RTA_TABLE,
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  RTMSG_LENGTH,
  RTPROT_BOOT,
} from './message.ts';
import type { Route, RouteSpec } from './route.ts';

/** The routes of one table in the socket's namespace, IPv4 first. Default: the main table. */
export function listRoutes(socket: NetlinkSocket, table: number = RT_TABLE_MAIN): Route[] {
  return ([4, 6] as const).flatMap((family) => listFamily(socket, family, table));
}

function listFamily(socket: NetlinkSocket, family: Family, table: number): Route[] {
  const header = Buffer.alloc(RTMSG_LENGTH);
  header[0] = addressFamily(family);
  const payload = [header, u32Attribute(RTA_TABLE, table)];
  try {
    const routes = socket.dump({ operation: 'list routes', type: RTM_GETROUTE, payload }, decodeRoute);
    // A kernel without IPv6 returns its IPv4 routes to a request for IPv6 routes.
    return routes.filter((route) => route !== undefined).filter((route) => route.family === family);
  } catch (error) {
    // The kernel creates a table with its first route. Before that it returns ENOENT.
    if (isNetlinkError(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Adds a route.
 *
 * @throws NetlinkError EEXIST when the route exists, ENETUNREACH when the gateway is not reachable, ENETDOWN
 *   when the link is down, ENODEV when the link does not exist.
 */
export function addRoute(socket: NetlinkSocket, route: RouteSpec): void {
  const operation = `add route to ${route.to}`;
  // As ip-route(8) does: a route without a gateway has link scope.
  const onLink = route.via === undefined && route.link !== undefined;
  const payload = encodeRoute(route, {
    operation,
    protocol: RTPROT_BOOT,
    scope: onLink ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
    link: route.link === undefined ? undefined : linkIndex(socket, route.link),
  });
  // As ip-route(8): `add`, `prepend` and `append`.
  const placed = { first: 0, last: NLM_F_APPEND } as const;
  const place = route.order === undefined ? NLM_F_EXCL : placed[route.order];
  socket.change({ operation, type: RTM_NEWROUTE, flags: NLM_F_CREATE | place, payload });
}

/**
 * Deletes the first route that matches every given property.
 *
 * @throws NetlinkError ESRCH when no route matches, ENODEV when the link does not exist.
 */
export function deleteRoute(socket: NetlinkSocket, route: RouteSpec): void {
  const operation = `delete route to ${route.to}`;
  const payload = encodeRoute(route, {
    operation,
    protocol: 0, // any
    scope: RT_SCOPE_NOWHERE, // any
    link: route.link === undefined ? undefined : linkIndex(socket, route.link),
  });
  socket.change({ operation, type: RTM_DELROUTE, payload });
}
