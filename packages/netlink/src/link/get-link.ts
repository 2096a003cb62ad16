import { u32Attribute } from '../codec/attribute.ts';
import { isNetlinkError } from '../errors.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import { decodeLink } from './decode-link.ts';
import type { Link, LinkRef } from './link.ts';
import { existingLink, IFLA_EXT_MASK, linkHeader, RTM_GETLINK } from './message.ts';

/** RTEXT_FILTER_SKIP_STATS: counters are most of an answer, and nobody here reads them. */
const withoutCounters = u32Attribute(IFLA_EXT_MASK, 1 << 3);

/** All links of the socket's namespace, by index. */
export function listLinks(socket: NetlinkSocket): Link[] {
  const payload = [linkHeader(), withoutCounters];
  return socket.dump({ operation: 'list links', type: RTM_GETLINK, payload }, decodeLink);
}

/**
 * @throws NetlinkError ENODEV when there is no such link.
 */
function getLink(socket: NetlinkSocket, ref: LinkRef): Link {
  const payload = [...existingLink(ref), withoutCounters];
  return decodeLink(socket.get({ operation: `get link ${ref}`, type: RTM_GETLINK, payload }));
}

/** Undefined when there is no such link. */
export function findLink(socket: NetlinkSocket, ref: LinkRef): Link | undefined {
  try {
    return getLink(socket, ref);
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** Index of a link, for requests that take nothing else. Costs a request when it is given by name. */
export const linkIndex = (socket: NetlinkSocket, ref: LinkRef): number =>
  typeof ref === 'number' ? ref : getLink(socket, ref).index;
