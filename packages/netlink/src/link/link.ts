/** A network interface, as RTM_GETLINK returns it (rtnetlink(7)). */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** Kind of a virtual link (`veth`, `bridge`, `tun`, ...); undefined for hardware and loopback. */
  readonly kind?: string;
  /** Link-layer address as `02:00:00:00:00:01`; empty for links without one (tun). */
  readonly mac: string;
  /** Largest packet in bytes, without the link-layer header. */
  readonly mtu: number;
  /** Whether it is administratively up (IFF_UP). */
  readonly up: boolean;
  /** Whether the lower layer is up (for a veth: both ends are up). */
  readonly carrier?: boolean;
  /** Index of the bridge or other master of which it is a port. */
  readonly master?: number;
  /** veth only: index of the peer, in the peer's own namespace. */
  readonly peerIndex?: number;
  /** veth only: the netns id of the peer, when the peer is in another namespace. */
  readonly peerNetnsId?: number;
  /** Free text, which `ip link` shows too (IFLA_IFALIAS). */
  readonly alias?: string;
}

/** Name or index of a link. */
export type LinkRef = string | number;

/** The properties of a new link of any kind. */
export interface NewLink {
  /** At most 15 bytes. */
  name: string;
  /** Default: the kernel chooses one. */
  mac?: string;
  /** In bytes. Default: 1500. */
  mtu?: number;
}

/** The other end of a veth pair. The kernel cannot create it up. */
export interface VethPeer extends NewLink {
  /** Path of its network namespace, such as `/proc/PID/ns/net`. Default: the socket's namespace. */
  netns?: string;
}

/** A veth pair (veth(4)). */
export interface NewVeth extends NewLink {
  /** Bring this end up. */
  up?: boolean;
  peer: VethPeer;
}

/** A bridge of the Linux kernel. */
export interface NewBridge extends NewLink {
  /** Bring the bridge up. */
  up?: boolean;
}

/** The properties of a link to change, in one request. Properties that are left out keep their values. */
export interface LinkChange {
  up?: boolean;
  mtu?: number;
  mac?: string;
  /** Name of the new master in the same namespace; null to remove the link from its master. */
  master?: string | null;
  /** The new name. Kernels before 6.2 refuse to rename a link that is up (EBUSY). */
  rename?: string;
  /**
   * Path of the network namespace to move the link to. The kernel takes the link down unless `up` is true.
   */
  netns?: string;
  /** Free text; empty to remove it. */
  alias?: string;
}
