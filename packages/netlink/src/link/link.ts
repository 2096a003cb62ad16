/** A network interface, as RTM_GETLINK tells it (rtnetlink(7)). */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** Kind of a virtual link (`veth`, `bridge`, `tun`, ...); undefined for hardware and loopback. */
  readonly kind?: string;
  /** Link-layer address as `02:00:00:00:00:01`; empty for links without one (tun). */
  readonly mac: string;
  /** Largest packet in bytes, without the link-layer header. */
  readonly mtu: number;
  /** Administratively up (IFF_UP). */
  readonly up: boolean;
  /** The lower layer is there (for a veth: both ends are up). */
  readonly carrier?: boolean;
  /** Index of the bridge or other master that it is a port of. */
  readonly master?: number;
  /** veth only: index of the peer, in the peer's own namespace. */
  readonly peerIndex?: number;
  /** veth only: the netns id of the peer, when the peer is in another namespace. */
  readonly peerNetnsId?: number;
  /** Free text that `ip link` shows too (IFLA_IFALIAS). */
  readonly alias?: string;
}

/** Name or index of a link. */
export type LinkRef = string | number;

/** What a new link of any kind may be given at once. */
export interface NewLink {
  /** At most 15 bytes. */
  name: string;
  /** Chosen by the kernel when not given. */
  mac?: string;
  /** In bytes; 1500 when not given. */
  mtu?: number;
}

/** The other end of a veth pair. The kernel cannot create it up. */
export interface VethPeer extends NewLink {
  /** Path of its network namespace, such as `/proc/PID/ns/net`; the socket's own when not given. */
  netns?: string;
}

/** A veth pair (veth(4)). */
export interface NewVeth extends NewLink {
  /** Bring this end up at once. */
  up?: boolean;
  peer: VethPeer;
}

/** A bridge of the Linux kernel. */
export interface NewBridge extends NewLink {
  /** Bring it up at once. */
  up?: boolean;
}

/** What to change about a link; what is not given stays. All of it is one request. */
export interface LinkChange {
  up?: boolean;
  mtu?: number;
  mac?: string;
  /** Name of the new master in the same namespace; null to leave the present one. */
  master?: string | null;
  /** The new name. Kernels before 6.2 refuse to rename a link that is up (EBUSY). */
  rename?: string;
  /** Path of the network namespace to move to; goes down on the way unless `up` is given. */
  netns?: string;
  /** Free text; empty to remove it. */
  alias?: string;
}
