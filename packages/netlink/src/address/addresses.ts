import { attribute, parseAttributes, u32Attribute, u32Of } from '../codec/attribute.ts';
import { readU32, requireField, writeU32 } from '../codec/host-order.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../codec/message.ts';
import { linkIndex } from '../link/get-link.ts';
import type { LinkRef } from '../link/link.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import type { Address, AddressOptions } from './address.ts';
import { addressFamily, familyOf, formatIp, type Prefix, parseCidr } from './ip.ts';
import { scopeName } from './scope.ts';

// linux/rtnetlink.h, linux/if_addr.h
const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
const RTM_GETADDR = 22;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_FLAGS = 8;
const IFA_F_NODAD = 0x02;
const IFA_F_TENTATIVE = 0x40;
const IFA_F_PERMANENT = 0x80;

/** Length of struct ifaddrmsg (rtnetlink(7)): family, prefix length, flags, scope, index. */
const IFADDRMSG_LENGTH = 8;

/** The addresses of one link, or of all links of the socket's namespace. */
export function listAddresses(socket: NetlinkSocket, link?: LinkRef): Address[] {
  const operation = link === undefined ? 'list addresses' : `list addresses of ${link}`;
  const index = link === undefined ? 0 : linkIndex(socket, link);
  return socket.dump({ operation, type: RTM_GETADDR, payload: [addressHeader(index)] }, decodeAddress);
}

/**
 * Adds an address such as `192.0.2.5/24` to a link.
 *
 * @throws NetlinkError EEXIST when the link has the address, ENODEV when the link does not exist, EINVAL when
 *   `cidr` is not valid.
 */
export function addAddress(
  socket: NetlinkSocket,
  link: LinkRef,
  cidr: string,
  options: AddressOptions = {},
): void {
  const prefix = parseCidr(cidr);
  const payload = addressOf(linkIndex(socket, link), prefix);
  if (options.noDad && prefix.family === 6) payload.push(u32Attribute(IFA_FLAGS, IFA_F_NODAD));
  const flags = NLM_F_CREATE | NLM_F_EXCL;
  socket.change({ operation: `add address ${cidr} to ${link}`, type: RTM_NEWADDR, flags, payload });
}

/**
 * Removes an address from a link.
 *
 * @throws NetlinkError EADDRNOTAVAIL when the link does not have the address, ENODEV when the link does not
 *   exist.
 */
export function deleteAddress(socket: NetlinkSocket, link: LinkRef, cidr: string): void {
  const payload = addressOf(linkIndex(socket, link), parseCidr(cidr));
  socket.change({ operation: `delete address ${cidr} of ${link}`, type: RTM_DELADDR, payload });
}

/**
 * IFA_LOCAL is the local address, IFA_ADDRESS that of a point-to-point peer; without a peer both are the
 * same.
 */
const addressOf = (index: number, prefix: Prefix): Buffer[] => [
  addressHeader(index, prefix),
  attribute(IFA_LOCAL, prefix.bytes),
  attribute(IFA_ADDRESS, prefix.bytes),
];

function addressHeader(index: number, prefix?: Prefix): Buffer {
  const bytes = Buffer.alloc(IFADDRMSG_LENGTH);
  if (prefix) {
    bytes[0] = addressFamily(prefix.family);
    bytes[1] = prefix.length;
  }
  writeU32(bytes, index, 4);
  return bytes;
}

/** Decodes the payload of RTM_NEWADDR. @throws NetlinkError EBADMSG when the payload ends before. */
export function decodeAddress(payload: Buffer): Address {
  requireField(payload, 0, IFADDRMSG_LENGTH);
  const attributes = parseAttributes(payload.subarray(IFADDRMSG_LENGTH));
  const [family = 0, prefixLength = 0, shortFlags = 0, scope = 0] = payload;
  // IPv6 has IFA_LOCAL only with a point-to-point peer.
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  const address = bytes ? formatIp(bytes) : '';
  const flags = u32Of(attributes, IFA_FLAGS) ?? shortFlags;
  return {
    link: readU32(payload, 4),
    family: familyOf(family),
    cidr: `${address}/${prefixLength}`,
    address,
    prefixLength,
    scope: scopeName(scope),
    tentative: (flags & IFA_F_TENTATIVE) !== 0,
    temporary: (flags & IFA_F_PERMANENT) === 0,
  };
}
