import type { Address, AddressOptions } from './address/address.ts';
import { addAddress, deleteAddress, listAddresses } from './address/addresses.ts';
import { getChecksumOffload, setChecksumOffload } from './ethtool/checksum-offload.ts';
import { deleteLink, setLink } from './link/change-link.ts';
import { createBridge, createVeth } from './link/create-link.ts';
import { findLink, listLinks } from './link/get-link.ts';
import type { Link, LinkChange, LinkRef, NewBridge, NewVeth } from './link/link.ts';
import { inNetns } from './namespace/in-netns.ts';
import type { Route, RouteSpec } from './route/route.ts';
import { addRoute, deleteRoute, listRoutes } from './route/routes.ts';
import { NetlinkSocket } from './socket/netlink-socket.ts';

/**
 * Links, addresses and routes of one network namespace. Every method is synchronous: one request to the kernel, which
 * answers at once. Every method throws {@link NetlinkError}.
 *
 * @example
 * using rtnl = Rtnetlink.open('/run/netns/blue');
 * rtnl.setLink('lo', { up: true });
 */
export class Rtnetlink implements Disposable {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /**
   * Opens a socket in the network namespace at `netns` (such as `/run/netns/blue` or `/proc/PID/ns/net`), or in that of this
   * thread. The socket stays there and keeps the namespace alive until it is closed.
   *
   * @throws NetlinkError ENOENT when there is no such path, EINVAL when it is no network namespace, EPERM, EMFILE.
   */
  static open(netns?: string): Rtnetlink {
    const socket = netns === undefined ? NetlinkSocket.open() : inNetns(netns, () => NetlinkSocket.open());
    return new Rtnetlink(socket);
  }

  /** All links, by index. */
  links(): Link[] {
    return listLinks(this.#socket);
  }

  /** Undefined when there is no such link. */
  link(nameOrIndex: LinkRef): Link | undefined {
    return findLink(this.#socket, nameOrIndex);
  }

  /** Creates a veth pair, its peer directly in `peer.netns`. @throws NetlinkError EEXIST, ENOENT (peer.netns). */
  createVeth(veth: NewVeth): void {
    createVeth(this.#socket, veth);
  }

  /** Creates a bridge. @throws NetlinkError EEXIST. */
  createBridge(bridge: NewBridge): void {
    createBridge(this.#socket, bridge);
  }

  /** Changes a link in one request. @throws NetlinkError ENODEV, EEXIST (rename), ENOENT (netns). */
  setLink(nameOrIndex: LinkRef, change: LinkChange): void {
    setLink(this.#socket, nameOrIndex, change);
  }

  /** Deletes a link; of a veth pair both ends go. @throws NetlinkError ENODEV. */
  deleteLink(nameOrIndex: LinkRef): void {
    deleteLink(this.#socket, nameOrIndex);
  }

  /** Addresses of one link, or of all. @throws NetlinkError ENODEV. */
  addresses(link?: LinkRef): Address[] {
    return listAddresses(this.#socket, link);
  }

  /** Gives a link an address, such as `192.0.2.5/24`. @throws NetlinkError EEXIST, ENODEV. */
  addAddress(link: LinkRef, cidr: string, options?: AddressOptions): void {
    addAddress(this.#socket, link, cidr, options);
  }

  /** Takes an address away. @throws NetlinkError EADDRNOTAVAIL, ENODEV. */
  deleteAddress(link: LinkRef, cidr: string): void {
    deleteAddress(this.#socket, link, cidr);
  }

  /** Routes of a table (254, the main one, when not given), IPv4 first. */
  routes(table?: number): Route[] {
    return listRoutes(this.#socket, table);
  }

  /** Adds a route. @throws NetlinkError EEXIST, ENETUNREACH, ENETDOWN, ENODEV. */
  addRoute(route: RouteSpec): void {
    addRoute(this.#socket, route);
  }

  /** Deletes the first route that has everything given. @throws NetlinkError ESRCH, ENODEV. */
  deleteRoute(route: RouteSpec): void {
    deleteRoute(this.#socket, route);
  }

  /** `ethtool -K LINK tx on|off`. @throws NetlinkError ENODEV, EOPNOTSUPP. */
  setChecksumOffload(link: string, transmit: boolean): void {
    setChecksumOffload(this.#socket, link, transmit);
  }

  /** Whether transmit checksums are offloaded. @throws NetlinkError ENODEV. */
  checksumOffload(link: string): boolean {
    return getChecksumOffload(this.#socket, link);
  }

  /** Closes the socket; every later call but this one throws NetlinkError EBADF. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * `ethtool -K LINK tx on|off` in a network namespace (this thread's own when not given): opens a socket for the one call.
 *
 * @throws NetlinkError ENODEV when there is no such link, ENOENT when there is no such namespace, EPERM.
 */
function setChecksumOffloadIn(netns: string | undefined, link: string, transmit: boolean): void {
  using rtnl = Rtnetlink.open(netns);
  rtnl.setChecksumOffload(link, transmit);
}

export { setChecksumOffloadIn as setChecksumOffload };
