import { u32Attribute } from '../codec/attribute.ts';
import { isNetlinkError } from '../errors.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import { decodeLink } from './decode-link.ts';
import type { Link, LinkRef } from './link.ts';
import { existingLink, IFLA_EXT_MASK, linkHeader, RTM_GETLINK } from './message.ts';

/** RTEXT_FILTER_SKIP_STATS: this package does not use the counters, which are most of an answer. */
const withoutCounters = u32Attribute(IFLA_EXT_MASK, 1 << 3);

/** All links of the socket's namespace, in the order of their indexes. */
export function listLinks(socket: NetlinkSocket): Link[] {
  const payload = [linkHeader(), withoutCounters];
  return socket.dump({ operation: 'list links', type: RTM_GETLINK, payload }, decodeLink);
}

/** Returns a link. @throws NetlinkError ENODEV when it does not exist. */
function getLink(socket: NetlinkSocket, ref: LinkRef): Link {
  const payload = [...existingLink(ref), withoutCounters];
  return decodeLink(socket.get({ operation: `get link ${ref}`, type: RTM_GETLINK, payload }));
}

/** Returns a link; undefined when it does not exist. */
export function findLink(socket: NetlinkSocket, ref: LinkRef): Link | undefined {
  try {
    return getLink(socket, ref);
  } catch (error) {
    if (isNetlinkError(error, 'ENODEV')) return undefined;
    throw error;
  }
}

/** The index of a link, for requests that do not accept a name. Looking up a name costs one request. */
export const linkIndex = (socket: NetlinkSocket, ref: LinkRef): number =>
  typeof ref === 'number' ? ref : getLink(socket, ref).index;
