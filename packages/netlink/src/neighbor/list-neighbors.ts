import { familyOf, formatIp } from '../address/ip.ts';
import { parseAttributes, u32Attribute } from '../codec/attribute.ts';
import { readI32, readU16, readU32, requireField } from '../codec/host-order.ts';
import { formatMac } from '../codec/mac.ts';
import { linkIndex } from '../link/get-link.ts';
import type { LinkRef } from '../link/link.ts';
import { AF_INET, AF_INET6 } from '../socket/libc.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import type { Neighbor, NeighborState } from './neighbor.ts';

// linux/rtnetlink.h, linux/neighbour.h
const RTM_GETNEIGH = 30;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const NDA_CACHEINFO = 3;
const NDA_IFINDEX = 8;

/** Length of struct ndmsg (rtnetlink(7)): family, padding, link, state, flags, type. */
const NDMSG_LENGTH = 12;

/** Milliseconds of a clock tick of struct nda_cacheinfo: USER_HZ is 100 on all architectures of Node. */
const TICK_MS = 10;

/** The bits of ndm_state (linux/neighbour.h, NUD_*). */
const states: Readonly<Record<number, NeighborState>> = {
  1: 'incomplete',
  2: 'reachable',
  4: 'stale',
  8: 'delay',
  16: 'probe',
  32: 'failed',
  64: 'noarp',
  128: 'permanent',
};

/** In these states, the neighbour itself has confirmed its MAC address. */
const confirmed: ReadonlySet<NeighborState> = new Set(['reachable', 'stale', 'delay', 'probe']);

/** The neighbours of one link, or of all links of the socket's namespace, without those of bridges. */
export function listNeighbors(socket: NetlinkSocket, link?: LinkRef): Neighbor[] {
  const index = link === undefined ? 0 : linkIndex(socket, link);
  const operation = link === undefined ? 'list neighbours' : `list neighbours of ${link}`;
  const ofLink = index === 0 ? [] : [u32Attribute(NDA_IFINDEX, index)];
  const payload = [Buffer.alloc(NDMSG_LENGTH), ...ofLink];
  return socket
    .dump({ operation, type: RTM_GETNEIGH, payload }, decodeNeighbor)
    .filter((neighbor) => neighbor !== undefined);
}

function decodeNeighbor(payload: Buffer): Neighbor | undefined {
  requireField(payload, 0, NDMSG_LENGTH);
  const family = payload[0] ?? 0;
  const attributes = parseAttributes(payload.subarray(NDMSG_LENGTH));
  const address = attributes.get(NDA_DST);
  if ((family !== AF_INET && family !== AF_INET6) || !address) return undefined;
  const mac = attributes.get(NDA_LLADDR);
  const state = states[readU16(payload, 8)] ?? 'none';
  const times = attributes.get(NDA_CACHEINFO);
  return {
    link: readI32(payload, 4),
    family: familyOf(family),
    address: formatIp(address),
    ...(mac?.length === 6 ? { mac: formatMac(mac) } : {}),
    state,
    ...(mac && times && confirmed.has(state) ? { confirmedMs: readU32(times, 0) * TICK_MS } : {}),
  };
}
