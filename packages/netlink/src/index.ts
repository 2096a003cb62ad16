/**
 * Linux rtnetlink, network namespaces, checksum offload and address announcements for Node, without spawning
 * ip(8) or ethtool(8).
 *
 * @packageDocumentation
 */
export type { Address, AddressOptions, Scope } from './address/address.ts';
export type { Family } from './address/ip.ts';
export { announceLink } from './announce/announce-link.ts';
export { isNetlinkError, NetlinkError, type NetlinkErrorDetails } from './errors.ts';
export { FileLock } from './file-lock.ts';
export type { Link, LinkChange, LinkRef, NewBridge, NewLink, NewVeth, VethPeer } from './link/link.ts';
export { connectInNetns } from './namespace/connect-in-netns.ts';
export { removeNetnsDirectory } from './namespace/directory.ts';
export { inNetns } from './namespace/in-netns.ts';
export { createNetns, deleteNetns, listNetns } from './namespace/named-netns.ts';
export { PrivateNetns } from './namespace/private-netns.ts';
export type { Neighbor, NeighborState } from './neighbor/neighbor.ts';
export { NeighborQuery } from './neighbor/neighbor-query.ts';
export { PacketSocket, type PacketSocketOptions } from './packet/packet-socket.ts';
export type { ReceivedFrame } from './packet/receive-frame.ts';
export type { Route, RouteSpec, RouteType } from './route/route.ts';
export { Rtnetlink, setChecksumOffload } from './rtnetlink.ts';
export { enableIpv6 } from './sysctl/enable-ipv6.ts';
export { quietLink } from './sysctl/quiet-link.ts';
export { refuseAdvertisements } from './sysctl/refuse-advertisements.ts';
