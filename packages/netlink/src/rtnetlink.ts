import type { Address, AddressOptions } from './address/address.ts';
import { addAddress, deleteAddress, listAddresses } from './address/addresses.ts';
import { getChecksumOffload, setChecksumOffload } from './ethtool/checksum-offload.ts';
import { dropReceived, dropsReceived } from './filter/drop-received.ts';
import { deleteLink, setLink } from './link/change-link.ts';
import { createBridge, createVeth } from './link/create-link.ts';
import { findLink, listLinks } from './link/get-link.ts';
import type { Link, LinkChange, LinkRef, NewBridge, NewVeth } from './link/link.ts';
import { inNetns } from './namespace/in-netns.ts';
import { listNeighbors } from './neighbor/list-neighbors.ts';
import type { Neighbor } from './neighbor/neighbor.ts';
import type { Route, RouteSpec } from './route/route.ts';
import { addRoute, deleteRoute, listRoutes } from './route/routes.ts';
import { NetlinkSocket } from './socket/netlink-socket.ts';

/**
 * Links, addresses and routes of one network namespace (rtnetlink(7)). Every method is synchronous: it sends
 * a request to the kernel, which answers at once. A link is given by name or index.
 *
 * @throws NetlinkError from every method: EPERM without CAP_NET_ADMIN (reading needs no privilege), EBADF
 *   after `close`, EINVAL when a name, MAC address, MTU or CIDR is not valid, and the codes that the methods
 *   name.
 * @example
 * ```ts
 * using rtnl = Rtnetlink.open('/run/netns/blue');
 * rtnl.setLink('lo', { up: true });
 * ```
 */
export class Rtnetlink implements Disposable {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  /**
   * Opens a socket in a network namespace. The socket stays in that namespace and keeps it alive until
   * `close`.
   *
   * @param netns path of the namespace, such as `/run/netns/blue` or `/proc/PID/ns/net`; default: this
   *   thread's namespace
   * @throws NetlinkError ENOENT when the path does not exist, EINVAL when it is not a network namespace,
   *   EPERM without CAP_SYS_ADMIN, EMFILE.
   */
  static open(netns?: string): Rtnetlink {
    const socket = netns === undefined ? NetlinkSocket.open() : inNetns(netns, () => NetlinkSocket.open());
    return new Rtnetlink(socket);
  }

  /** All links, in the order of their indexes (RTM_GETLINK). */
  links(): Link[] {
    return listLinks(this.#socket);
  }

  /**
   * Returns one link; undefined when it does not exist (RTM_GETLINK).
   *
   * @example
   * ```ts
   * const eth0 = rtnl.link('eth0');
   * console.log(eth0?.mac, eth0?.mtu, eth0?.up);
   * ```
   */
  link(nameOrIndex: LinkRef): Link | undefined {
    return findLink(this.#socket, nameOrIndex);
  }

  /**
   * Creates a veth pair (veth(4)) in one request, the peer directly in `peer.netns`.
   *
   * @throws NetlinkError EEXIST when one of the names is taken, ENOENT when `peer.netns` does not exist.
   * @example
   * ```ts
   * rtnl.createVeth({
   *   name: 'veth0',
   *   mtu: 1442, // bytes
   *   up: true,
   *   peer: { name: 'eth0', mac: '02:00:00:00:00:02', mtu: 1442, netns: '/run/netns/blue' },
   * });
   * ```
   */
  createVeth(veth: NewVeth): void {
    createVeth(this.#socket, veth);
  }

  /**
   * Creates a bridge (ip-link(8), type bridge).
   *
   * @throws NetlinkError EEXIST when the name is taken, EOPNOTSUPP when the kernel has no bridges.
   * @example
   * ```ts
   * rtnl.createBridge({ name: 'br0', up: true });
   * rtnl.setLink('veth0', { master: 'br0' });
   * ```
   */
  createBridge(bridge: NewBridge): void {
    createBridge(this.#socket, bridge);
  }

  /**
   * Changes a link in one request (RTM_NEWLINK). If the kernel refuses a part, the parts before it stay
   * changed.
   *
   * @throws NetlinkError ENODEV when the link or the master does not exist, EEXIST when the new name is
   *   taken, ENOENT when `netns` does not exist.
   * @example
   * ```ts
   * rtnl.setLink('veth1', { netns: '/proc/4711/ns/net', rename: 'eth0', up: true });
   * ```
   */
  setLink(nameOrIndex: LinkRef, change: LinkChange): void {
    setLink(this.#socket, nameOrIndex, change);
  }

  /**
   * Deletes a link (RTM_DELLINK). If it is one end of a veth pair, the kernel deletes both ends.
   *
   * @throws NetlinkError ENODEV when the link does not exist, EOPNOTSUPP for hardware and loopback.
   */
  deleteLink(nameOrIndex: LinkRef): void {
    deleteLink(this.#socket, nameOrIndex);
  }

  /**
   * The addresses of one link, or of all links (RTM_GETADDR).
   *
   * @throws NetlinkError ENODEV when the link does not exist.
   * @example
   * ```ts
   * for (const { cidr, tentative } of rtnl.addresses('eth0')) console.log(cidr, tentative);
   * ```
   */
  addresses(link?: LinkRef): Address[] {
    return listAddresses(this.#socket, link);
  }

  /**
   * Adds an address to a link (RTM_NEWADDR).
   *
   * @param cidr address and prefix length, such as `192.0.2.5/24` or `2001:db8::5/64`
   * @throws NetlinkError EEXIST when the link has the address, ENODEV when the link does not exist.
   * @example
   * ```ts
   * rtnl.addAddress('eth0', '192.0.2.5/24');
   * rtnl.addAddress('eth0', '2001:db8::5/64', { noDad: true });
   * ```
   */
  addAddress(link: LinkRef, cidr: string, options?: AddressOptions): void {
    addAddress(this.#socket, link, cidr, options);
  }

  /**
   * Removes an address from a link (RTM_DELADDR).
   *
   * @throws NetlinkError EADDRNOTAVAIL when the link does not have the address, ENODEV when the link does not
   *   exist.
   */
  deleteAddress(link: LinkRef, cidr: string): void {
    deleteAddress(this.#socket, link, cidr);
  }

  /** The routes of a table, IPv4 first (RTM_GETROUTE). Default: table 254, the main table. */
  routes(table?: number): Route[] {
    return listRoutes(this.#socket, table);
  }

  /**
   * Adds a route (RTM_NEWROUTE, ip-route(8)).
   *
   * @throws NetlinkError EEXIST when the route exists, ENETUNREACH when the gateway is not reachable,
   *   ENETDOWN when the link is down, ENODEV when the link does not exist.
   * @example
   * ```ts
   * rtnl.addRoute({ to: 'default', via: '192.0.2.1' });
   * rtnl.addRoute({ to: '203.0.113.0/24', link: 'eth0', metric: 100 });
   * ```
   */
  addRoute(route: RouteSpec): void {
    addRoute(this.#socket, route);
  }

  /**
   * Deletes the first route that matches every given property (RTM_DELROUTE). A route of `routes()` can be
   * passed.
   *
   * @throws NetlinkError ESRCH when no route matches, ENODEV when the link does not exist.
   * @example
   * ```ts
   * for (const route of rtnl.routes()) if (route.via) rtnl.deleteRoute(route);
   * ```
   */
  deleteRoute(route: RouteSpec): void {
    deleteRoute(this.#socket, route);
  }

  /**
   * What the kernel knows of the neighbours of one link, or of all links: ARP and Neighbor Discovery
   * (RTM_GETNEIGH, ip-neighbour(8)).
   *
   * @throws NetlinkError ENODEV when the link does not exist.
   */
  neighbors(link?: LinkRef): Neighbor[] {
    return listNeighbors(this.#socket, link);
  }

  /**
   * Switches the offload of transmit checksums, like `ethtool -K LINK tx on|off` (ethtool(8)).
   *
   * @throws NetlinkError ENODEV when the link does not exist, EOPNOTSUPP when it has no such setting.
   */
  setChecksumOffload(link: string, transmit: boolean): void {
    setChecksumOffload(this.#socket, link, transmit);
  }

  /** Whether transmit checksums are offloaded. @throws NetlinkError ENODEV when the link does not exist. */
  checksumOffload(link: string): boolean {
    return getChecksumOffload(this.#socket, link);
  }

  /**
   * Drops every frame that a link receives, after packet sockets (packet(7)) have read it and before the
   * kernel's own protocols do, like `tc filter add dev LINK ingress` with a program that drops (tc-bpf(8)). A
   * second call changes nothing. The filter disappears with the link.
   *
   * @throws NetlinkError ENODEV when the link does not exist, ENOENT when the kernel lacks sch_ingress or
   *   cls_bpf, EPERM also without CAP_BPF.
   */
  dropReceived(link: LinkRef): void {
    dropReceived(this.#socket, link);
  }

  /** Whether a link has the filter of `dropReceived`. @throws NetlinkError ENODEV without such a link. */
  dropsReceived(link: LinkRef): boolean {
    return dropsReceived(this.#socket, link);
  }

  /** Closes the socket. Every later call except `close` throws NetlinkError EBADF. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Switches the offload of transmit checksums of a link in a network namespace, like `ethtool -K LINK tx
 * on|off` (ethtool(8)). Opens a socket for this one call.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, ENOENT when the namespace does not exist, EPERM.
 * @example
 * ```ts
 * setChecksumOffload('/run/netns/blue', 'eth0', false);
 * ```
 */
function setChecksumOffloadIn(netns: string | undefined, link: string, transmit: boolean): void {
  using rtnl = Rtnetlink.open(netns);
  rtnl.setChecksumOffload(link, transmit);
}

export { setChecksumOffloadIn as setChecksumOffload };
