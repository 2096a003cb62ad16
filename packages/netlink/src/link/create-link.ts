import { attribute, i32Attribute, nestedAttribute, stringAttribute } from '../codec/attribute.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../codec/message.ts';
import { withNetnsFile } from '../namespace/netns-file.ts';
import type { NetlinkSocket } from '../socket/netlink-socket.ts';
import type { NewBridge, NewVeth } from './link.ts';
import {
  IFLA_INFO_DATA,
  IFLA_INFO_KIND,
  IFLA_LINKINFO,
  IFLA_NET_NS_FD,
  linkHeader,
  newLinkAttributes,
  RTM_NEWLINK,
} from './message.ts';

const VETH_INFO_PEER = 1; // linux/veth.h

/**
 * Creates both ends of a veth pair in one request, the peer directly in its own namespace.
 *
 * @throws NetlinkError EEXIST when one of the names is taken, ENOENT when the peer's namespace does not
 *   exist.
 */
export function createVeth(socket: NetlinkSocket, veth: NewVeth): void {
  const { peer } = veth;
  const operation = `create veth ${veth.name}`;
  withNetnsFile(operation, peer.netns, (netns) => {
    const inNetns = netns === undefined ? [] : [i32Attribute(IFLA_NET_NS_FD, netns)];
    // This attribute begins with struct ifinfomsg, like a separate message (veth_newlink in
    // drivers/net/veth.c).
    const peerInfo = attribute(VETH_INFO_PEER, linkHeader(), ...newLinkAttributes(peer), ...inNetns);
    create(socket, operation, veth, 'veth', nestedAttribute(IFLA_INFO_DATA, peerInfo));
  });
}

/**
 * Creates a bridge.
 *
 * @throws NetlinkError EEXIST when the name is taken, EOPNOTSUPP when the kernel has no bridges.
 */
export const createBridge = (socket: NetlinkSocket, bridge: NewBridge): void =>
  create(socket, `create bridge ${bridge.name}`, bridge, 'bridge');

function create(
  socket: NetlinkSocket,
  operation: string,
  link: NewBridge,
  kind: string,
  ...data: readonly Buffer[]
): void {
  socket.change({
    operation,
    type: RTM_NEWLINK,
    flags: NLM_F_CREATE | NLM_F_EXCL,
    payload: [
      linkHeader({ up: link.up }),
      ...newLinkAttributes(link),
      nestedAttribute(IFLA_LINKINFO, stringAttribute(IFLA_INFO_KIND, kind), ...data),
    ],
  });
}
