import { i32Of, nestedOf, parseAttributes, stringOf, u8Of, u32Of } from '../codec/attribute.ts';
import { readI32, readU32, requireField } from '../codec/host-order.ts';
import { formatMac } from '../codec/mac.ts';
import type { Link } from './link.ts';
import * as rt from './message.ts';

/** The attributes to decode, of about forty that the kernel sends. */
const USED_ATTRIBUTES: ReadonlySet<number> = new Set([
  rt.IFLA_LINKINFO,
  rt.IFLA_CARRIER,
  rt.IFLA_MASTER,
  rt.IFLA_IFALIAS,
  rt.IFLA_IFNAME,
  rt.IFLA_ADDRESS,
  rt.IFLA_MTU,
  rt.IFLA_LINK,
  rt.IFLA_LINK_NETNSID,
]);

/**
 * Decodes a {@link Link} from the payload of RTM_NEWLINK: struct ifinfomsg and attributes (rtnetlink(7)).
 *
 * @throws NetlinkError EBADMSG when the payload ends before.
 */
export function decodeLink(payload: Buffer): Link {
  requireField(payload, 0, rt.IFINFOMSG_LENGTH);
  const attributes = parseAttributes(payload.subarray(rt.IFINFOMSG_LENGTH), USED_ATTRIBUTES);
  const kind = stringOf(nestedOf(attributes, rt.IFLA_LINKINFO), rt.IFLA_INFO_KIND);
  const carrier = u8Of(attributes, rt.IFLA_CARRIER);
  const master = u32Of(attributes, rt.IFLA_MASTER);
  const alias = stringOf(attributes, rt.IFLA_IFALIAS);
  return {
    index: readI32(payload, 4),
    name: stringOf(attributes, rt.IFLA_IFNAME) ?? '',
    ...(kind === undefined ? {} : { kind }),
    mac: formatMac(attributes.get(rt.IFLA_ADDRESS) ?? Buffer.alloc(0)),
    mtu: u32Of(attributes, rt.IFLA_MTU) ?? 0,
    up: (readU32(payload, 8) & rt.IFF_UP) !== 0,
    ...(carrier === undefined ? {} : { carrier: carrier === 1 }),
    ...(master === undefined ? {} : { master }),
    ...(kind === 'veth' ? decodePeer(attributes) : {}),
    ...(alias === undefined ? {} : { alias }),
  };
}

function decodePeer(attributes: ReadonlyMap<number, Buffer>): Pick<Link, 'peerIndex' | 'peerNetnsId'> {
  const peerIndex = u32Of(attributes, rt.IFLA_LINK);
  const peerNetnsId = i32Of(attributes, rt.IFLA_LINK_NETNSID);
  return {
    ...(peerIndex === undefined ? {} : { peerIndex }),
    ...(peerNetnsId === undefined ? {} : { peerNetnsId }),
  };
}
