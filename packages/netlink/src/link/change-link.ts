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
 * Changes a link in one request. When the kernel refuses a part, the parts before it stay changed (do_setlink in
 * net/core/rtnetlink.c works in the order namespace, MAC, MTU, name, alias, master, up).
 *
 * @throws NetlinkError ENODEV when the link or the master is not there, EEXIST when the new name is taken.
 */
export function setLink(socket: NetlinkSocket, ref: LinkRef, change: LinkChange): void {
  const operation = `change link ${ref}`;
  withNetnsFile(operation, change.netns, (netns) => {
    // The name attribute is the new name when the header has the index, and the search key when it has not.
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
  // No final NUL here: the kernel takes the length as it is, and none at all removes the alias.
  if (alias !== undefined) attributes.push(attribute(IFLA_IFALIAS, Buffer.from(alias)));
  if (master !== undefined)
    attributes.push(u32Attribute(IFLA_MASTER, master === null ? 0 : linkIndex(socket, master)));
  return attributes;
}

/**
 * Deletes a link; of a veth pair both ends go.
 *
 * @throws NetlinkError ENODEV when there is no such link, EOPNOTSUPP for hardware and loopback.
 */
export const deleteLink = (socket: NetlinkSocket, ref: LinkRef): void =>
  socket.change({ operation: `delete link ${ref}`, type: RTM_DELLINK, payload: existingLink(ref) });
