import { attribute, i32Attribute, stringAttribute, u32Attribute } from '../codec/attribute.ts';
import { parseMac } from '../codec/mac.ts';
import { withNetnsFile } from '../namespace/netns-file.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import { linkIndex } from './get-link.ts';
import type { LinkChange, LinkRef } from './link.ts';
import {
  existingLink,
  IFLA_ADDRESS,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_MASTER,
  IFLA_NET_NS_FD,
  mtuAttribute,
  RTM_DELLINK,
  RTM_NEWLINK,
} from './message.ts';
import { checkedLinkName } from './name.ts';

/**
 * Changes a link in one request. If the kernel refuses a part, the parts before it stay changed: do_setlink
 * in net/core/rtnetlink.c changes namespace, MAC address, MTU, name, alias, master, up, in this order.
 *
 * @throws NetlinkError ENODEV when the link or the master does not exist, EEXIST when the new name is taken.
 */
export function setLink(socket: NetlinkSocket, ref: LinkRef, change: LinkChange): void {
  const operation = `change link ${ref}`;
  withNetnsFile(operation, change.netns, (netns) => {
    // With an index in the header the name attribute is the new name; without one it identifies the link.
    const link = change.rename === undefined ? ref : linkIndex(socket, ref);
    const payload = [...existingLink(link, change.up), ...attributesOf(socket, change)];
    if (netns !== undefined) payload.push(i32Attribute(IFLA_NET_NS_FD, netns));
    socket.change({ operation, type: RTM_NEWLINK, payload });
  });
}

function attributesOf(socket: NetlinkSocket, { mac, mtu, rename, alias, master }: LinkChange): Buffer[] {
  const attributes: Buffer[] = [];
  if (mac !== undefined) attributes.push(attribute(IFLA_ADDRESS, parseMac(mac)));
  if (mtu !== undefined) attributes.push(mtuAttribute(mtu));
  if (rename !== undefined) attributes.push(stringAttribute(IFLA_IFNAME, checkedLinkName(rename)));
  // Without a final NUL: the kernel uses the length, and length 0 removes the alias.
  if (alias !== undefined) attributes.push(attribute(IFLA_IFALIAS, Buffer.from(alias)));
  if (master !== undefined)
    attributes.push(u32Attribute(IFLA_MASTER, master === null ? 0 : linkIndex(socket, master)));
  return attributes;
}

/**
 * Deletes a link. If it is one end of a veth pair, the kernel deletes both ends.
 *
 * @throws NetlinkError ENODEV when the link does not exist, EOPNOTSUPP for hardware and loopback.
 */
export const deleteLink = (socket: NetlinkSocket, ref: LinkRef): void =>
  socket.change({ operation: `delete link ${ref}`, type: RTM_DELLINK, payload: existingLink(ref) });
