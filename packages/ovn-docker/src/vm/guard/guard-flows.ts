import { type Flow, type Match, Port } from '@ovn-docker/openflow';

/** A port of the bridge that belongs to a container, with what its frames may be. */
export interface GuardedPort {
  /** The interface's number in OpenFlow. */
  readonly ofport: number;
  /** Identifies the port's flows: unique among the containers of this VM. */
  readonly vlan: number;
  /**
   * Source MAC addresses, in lower case; none drops every frame. `any` when Neutron's port has no port
   * security; `unknown` while the agent does not know them: then any, and all other rules apply.
   */
  readonly macs: readonly string[] | 'any' | 'unknown';
  /** A DHCP server on purpose. */
  readonly mayServeDhcp: boolean;
}

/** Whether two ports, or none, have the same flows. The guard asks after each change of a row. */
export function haveSameFlows(a: GuardedPort | undefined, b: GuardedPort | undefined): boolean {
  return (
    a?.ofport === b?.ofport &&
    a?.vlan === b?.vlan &&
    a?.mayServeDhcp === b?.mayServeDhcp &&
    String(a?.macs) === String(b?.macs)
  );
}

/** Bits 63 to 32 of the cookie of every guard flow: "ovnd". Bits 31 to 0 are the port's VLAN, or 0. */
export const GUARD_COOKIE = 0x6f766e64_00000000n;
export const GUARD_COOKIE_MASK = 0xffffffff_00000000n;

/** The cookie of a port's own flows. */
export function cookieOf(vlan: number): bigint {
  return GUARD_COOKIE | BigInt(vlan);
}

/** The tables behind table 0. The numbers are high, to leave the low ones to other owners of the bridge. */
const TABLES = {
  /** Drops what only a DHCP server sends. */
  dhcp: 230,
  /** Lets IPv4, IPv6 and ARP pass, without what only a router sends. */
  protocols: 231,
  /** Ports without port security: everything but tags. */
  untagged: 232,
} as const;

/** Above other owners' flows: `ovs-ofctl` gives 32768 to flows without a priority. */
const PASS = 60_001;
const DROP = 60_000;

/** EtherTypes. */
const [IPV4, IPV6, ARP] = [0x0800, 0x86dd, 0x0806];
/** EtherTypes of tags before 802.1ad, which Open vSwitch does not read as tags. */
const LEGACY_TAGS = [0x9100, 0x9200, 0x9300];
/** IP protocols. UNREADABLE: Open vSwitch could not read the IPv4 header, or found no end of IPv6's. */
const [UDP, ICMPV6, UNREADABLE] = [17, 58, 0];
/** ICMPv6 types (RFC 4861 §4.2, §4.5). */
const [ROUTER_ADVERTISEMENT, REDIRECT] = [134, 137];

const FRAGMENT = { value: 1, mask: 1 };
const LINK_LOCAL = { value: 'fe80::', mask: 'ffc0::' };
/** Multicast that no router forwards (RFC 5771 §4, RFC 4291 §2.7). */
const LOCAL_MULTICAST = {
  v4: { value: '224.0.0.0', mask: '255.255.255.0' },
  v6: { value: 'ff02::', mask: 'ffff::' },
};
const MULTICAST = { value: 'ff00::', mask: 'ff00::' };

/**
 * What only DHCP servers and relays send (RFC 2131 §4.1, RFC 8415 §7.2), and what can hide it. Clients look
 * at the destination port alone: an offer from any source port is an offer.
 */
const DHCP_SERVER: readonly Match[] = [
  { ethType: IPV4, ipProto: UDP, udpDst: 68 },
  { ethType: IPV6, ipProto: UDP, udpDst: 546 },
  // Open vSwitch reads no UDP ports in fragments.
  { ethType: IPV4, ipFrag: FRAGMENT, ipProto: UDP, ethDst: 'ff:ff:ff:ff:ff:ff' },
  { ethType: IPV4, ipFrag: FRAGMENT, ipProto: UDP, ipv4Dst: '255.255.255.255' },
  { ethType: IPV4, ipFrag: FRAGMENT, ipProto: UDP, ipv4Dst: LOCAL_MULTICAST.v4 },
  { ethType: IPV6, ipFrag: FRAGMENT, ipProto: UDP, ipv6Dst: LINK_LOCAL },
  { ethType: IPV6, ipFrag: FRAGMENT, ipProto: UDP, ipv6Dst: LOCAL_MULTICAST.v6 },
  { ethType: IPV4, ipProto: UNREADABLE },
];

/** What only a router sends, and packets that can hide it (RFC 7113). */
const ROUTER: readonly Match[] = [
  { ethType: IPV6, ipProto: ICMPV6, icmpv6Type: ROUTER_ADVERTISEMENT },
  { ethType: IPV6, ipProto: ICMPV6, icmpv6Type: REDIRECT },
  { ethType: IPV6, ipFrag: FRAGMENT, ipProto: ICMPV6, ipv6Dst: MULTICAST },
  { ethType: IPV6, ipProto: UNREADABLE },
];

const [NORMAL, NOTHING] = [{ apply: [{ type: 'output', port: Port.normal }] }, {}] as const;

/** The flows that all ports share. */
export function sharedFlows(): Flow[] {
  const drops = (table: number, matches: readonly Match[]) =>
    matches.map((match) => flow({ table, priority: 20, match, instructions: NOTHING }));
  const passes = [IPV4, IPV6, ARP].map((ethType) =>
    flow({ table: TABLES.protocols, priority: 10, match: { ethType }, instructions: NORMAL }),
  );
  const rest = (table: number, instructions: Flow['instructions']) =>
    flow({ table, priority: 0, match: {}, instructions });
  return [
    ...drops(TABLES.dhcp, DHCP_SERVER),
    rest(TABLES.dhcp, { gotoTable: TABLES.protocols }),
    ...drops(TABLES.protocols, ROUTER),
    ...passes,
    rest(TABLES.protocols, NOTHING),
    ...drops(
      TABLES.untagged,
      LEGACY_TAGS.map((ethType) => ({ ethType })),
    ),
    rest(TABLES.untagged, NORMAL),
  ];
}

/**
 * A port's own flows, in table 0: untagged frames from its MAC addresses go on, all others are dropped. With
 * every source MAC address known, the bridge learns no invented ones.
 */
export function portFlows({ ofport, vlan, macs, mayServeDhcp }: GuardedPort): Flow[] {
  const cookie = cookieOf(vlan);
  const pass = (match: Match, gotoTable: number): Flow => ({
    table: 0,
    priority: PASS,
    cookie,
    // 0: no tag, not even one with VLAN 0 (OFPVID_NONE).
    match: { inPort: ofport, vlanVid: 0, ...match },
    instructions: { gotoTable },
  });
  const drop: Flow = {
    table: 0,
    priority: DROP,
    cookie,
    match: { inPort: ofport },
    instructions: NOTHING,
  };
  if (macs === 'any') return [pass({}, TABLES.untagged), drop];
  const next = mayServeDhcp ? TABLES.protocols : TABLES.dhcp;
  if (macs === 'unknown') return [pass({}, next), drop];
  return [...macs.map((ethSrc) => pass({ ethSrc }, next)), drop];
}

/** Whether a flow that another program changed may be one of the guard's, whatever its cookie is now. */
export function isGuardFlow({
  cookie,
  table,
  priority,
}: Pick<Flow, 'cookie' | 'table' | 'priority'>): boolean {
  const isInTables = Object.values<number>(TABLES).includes(table);
  const isInFront = table === 0 && (priority === PASS || priority === DROP);
  return (cookie & GUARD_COOKIE_MASK) === GUARD_COOKIE || isInTables || isInFront;
}

/**
 * Whether another owner's flow would apply to frames of one of these ports if the guard did not decide before
 * it. Every bridge has a flow that forwards all other frames; that one loses nothing.
 */
export function isOverridden(
  { cookie, table, priority, match }: Pick<Flow, 'cookie' | 'table' | 'priority' | 'match'>,
  ports: readonly Pick<GuardedPort, 'ofport'>[],
): boolean {
  if (table !== 0 || priority === 0 || (cookie & GUARD_COOKIE_MASK) === GUARD_COOKIE) return false;
  const { inPort } = match;
  return typeof inPort !== 'number' || ports.some(({ ofport }) => ofport === inPort);
}

function flow(parts: Omit<Flow, 'cookie'>): Flow {
  return { cookie: GUARD_COOKIE, ...parts };
}
