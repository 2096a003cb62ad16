import { attribute, stringAttribute, u32Attribute } from '../codec/attribute.ts';
import { writeI32, writeU32 } from '../codec/host-order.ts';
import { parseMac } from '../codec/mac.ts';
import { invalidArgument } from '../errors.ts';
import type { LinkRef, NewLink } from './link.ts';
import { checkedLinkName } from './name.ts';

// linux/rtnetlink.h
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

// linux/if_link.h
export const IFLA_ADDRESS = 1;
export const IFLA_IFNAME = 3;
export const IFLA_MTU = 4;
export const IFLA_LINK = 5;
export const IFLA_MASTER = 10;
export const IFLA_LINKINFO = 18;
export const IFLA_IFALIAS = 20;
export const IFLA_NET_NS_FD = 28;
export const IFLA_EXT_MASK = 29;
export const IFLA_CARRIER = 33;
export const IFLA_LINK_NETNSID = 37;
export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;

// net/if.h
export const IFF_UP = 1;

/** Length of struct ifinfomsg (rtnetlink(7)): family, type, index, flags, mask of flags to change. */
export const IFINFOMSG_LENGTH = 16;

export function linkHeader({ index = 0, up }: { index?: number; up?: boolean | undefined } = {}): Buffer {
  const bytes = Buffer.alloc(IFINFOMSG_LENGTH);
  writeI32(bytes, index, 4);
  if (up !== undefined) {
    writeU32(bytes, up ? IFF_UP : 0, 8);
    writeU32(bytes, IFF_UP, 12);
  }
  return bytes;
}

/** The beginning of a request for an existing link: its index in the header, or its name in an attribute. */
export function existingLink(ref: LinkRef, up?: boolean): Buffer[] {
  if (typeof ref === 'string')
    return [linkHeader({ up }), stringAttribute(IFLA_IFNAME, checkedLinkName(ref))];
  if (!Number.isInteger(ref) || ref < 1 || ref > 0x7fffffff)
    throw invalidArgument('check link index', `${ref} is not a positive whole number`);
  return [linkHeader({ index: ref, up })];
}

/** The attributes of a new link. */
export const newLinkAttributes = ({ name, mac, mtu }: NewLink): Buffer[] => [
  stringAttribute(IFLA_IFNAME, checkedLinkName(name)),
  ...(mac === undefined ? [] : [attribute(IFLA_ADDRESS, parseMac(mac))]),
  ...(mtu === undefined ? [] : [mtuAttribute(mtu)]),
];

/**
 * Encodes an MTU in bytes. Refuses only what does not fit in 32 bits; the kernel checks the limits of each
 * kind.
 */
export function mtuAttribute(mtu: number): Buffer {
  if (!Number.isInteger(mtu) || mtu < 0 || mtu > 0xffffffff)
    throw invalidArgument('check MTU', `${mtu} is not a whole number of bytes`);
  return u32Attribute(IFLA_MTU, mtu);
}
