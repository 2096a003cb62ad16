/** The typed contract of the package; the implementation follows in this file's neighbours. */

/** A network interface, as RTM_GETLINK tells it (rtnetlink(7)). */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** Kind of a virtual link (`veth`, `bridge`, `tun`, ...); undefined for hardware and loopback. */
  readonly kind?: string;
  /** Link-layer address as `02:00:00:00:00:01`; empty for links without one (tun). */
  readonly mac: string;
  readonly mtu: number;
  /** Administratively up (IFF_UP). */
  readonly up: boolean;
  /** Lower layer is present (for a veth: both ends are up). */
  readonly carrier?: boolean;
  /** Index of the bridge or other master it is a port of. */
  readonly master?: number;
  /** veth only: index of the peer, in the peer's own namespace. */
  readonly peerIndex?: number;
  /** veth only: the netns id of the peer when it is in another namespace. */
  readonly peerNetnsId?: number;
  readonly alias?: string;
}

export interface VethPeer {
  name: string;
  mac?: string;
  mtu?: number;
  /** Path of the peer's network namespace; the socket's own when not given. */
  netns?: string;
}

export interface VethOptions {
  name: string;
  mac?: string;
  mtu?: number;
  /** Bring this end up at once (the peer cannot be created up). */
  up?: boolean;
  peer: VethPeer;
}

export interface BridgeOptions {
  name: string;
  mac?: string;
  mtu?: number;
  up?: boolean;
}

export interface LinkChange {
  up?: boolean;
  mtu?: number;
  mac?: string;
  /** Name of the new master, null to leave the present one. */
  master?: string | null;
  rename?: string;
  /** Path of the network namespace to move to. */
  netns?: string;
  alias?: string;
}

export interface Address {
  readonly link: number;
  readonly family: 4 | 6;
  /** `192.0.2.5/24` */
  readonly cidr: string;
  readonly address: string;
  readonly prefixLength: number;
  readonly scope: string;
}

export interface AddressOptions {
  /** IPv6: usable at once, without duplicate address detection. */
  noDad?: boolean;
}

export interface Route {
  readonly family: 4 | 6;
  /** CIDR or `default`. */
  readonly to: string;
  readonly via?: string;
  /** Index of the outgoing link. */
  readonly link?: number;
  readonly onlink: boolean;
  readonly source?: string;
  readonly metric?: number;
  readonly table: number;
}

export interface RouteSpec {
  /** CIDR or `default` (its family is that of `via`, IPv4 without one). */
  to: string;
  via?: string;
  link?: string | number;
  onlink?: boolean;
  source?: string;
  metric?: number;
  table?: number;
}

export declare class Rtnetlink implements Disposable {
  static open(netns?: string): Rtnetlink;
  links(): Link[];
  link(nameOrIndex: string | number): Link | undefined;
  createVeth(options: VethOptions): void;
  createBridge(options: BridgeOptions): void;
  setLink(nameOrIndex: string | number, change: LinkChange): void;
  deleteLink(nameOrIndex: string | number): void;
  addresses(link?: string | number): Address[];
  addAddress(link: string | number, cidr: string, options?: AddressOptions): void;
  deleteAddress(link: string | number, cidr: string): void;
  routes(): Route[];
  addRoute(route: RouteSpec): void;
  deleteRoute(route: RouteSpec): void;
  /** Same as {@link setChecksumOffload} in the namespace of this socket, without changing namespaces. */
  setChecksumOffload(link: string, transmit: boolean): void;
  checksumOffload(link: string): boolean;
  close(): void;
  [Symbol.dispose](): void;
}

export declare function createNetns(name: string): string;
export declare function deleteNetns(name: string): void;
export declare function listNetns(): string[];
export declare function inNetns<T>(path: string, work: () => T): T;
export declare function setChecksumOffload(netns: string | undefined, link: string, transmit: boolean): void;

export declare class NetlinkError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly operation: string;
  readonly kernelMessage?: string;
  readonly hint: string;
}
export declare function isNetlinkError(error: unknown, ...codes: string[]): error is NetlinkError;
