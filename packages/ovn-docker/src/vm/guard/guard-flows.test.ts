import type { Flow, Match } from '@ovn-docker/openflow';
import { describe, expect, it, test } from 'vitest';
import {
  GUARD_COOKIE,
  GUARD_COOKIE_MASK,
  haveSameFlows,
  isGuardFlow,
  isOverridden,
  portFlows,
  sharedFlows,
} from './guard-flows.ts';

/** A frame, by the fields that the flows look at; `tagged` stands for any first tag that the switch reads. */
interface Frame {
  readonly from?: number;
  readonly src?: string;
  readonly tagged?: boolean;
  readonly fields?: Match;
}

const OWN = 'fa:16:3e:00:00:01';
const [IPV4, IPV6, ARP] = [0x0800, 0x86dd, 0x0806];
const plain = { ofport: 5, vlan: 101, macs: [OWN], mayServeDhcp: false };

/** What the bridge does with a frame: the flows of tables in the order of their priority. */
function fate(flows: readonly Flow[], { from = 5, src = OWN, tagged = false, fields = {} }: Frame): string {
  const frame = { ethType: IPV4, ...fields, inPort: from, ethSrc: src, vlanVid: tagged ? 0x1000 : 0 };
  for (let table = 0; ; ) {
    const [flow] = flows
      .filter((each) => each.table === table && matches(each.match, frame))
      .sort((a, b) => b.priority - a.priority);
    if (!flow) return table === 0 ? 'left to other flows' : 'dropped';
    const { gotoTable, apply } = flow.instructions;
    if (gotoTable === undefined) return apply ? 'forwarded' : 'dropped';
    table = gotoTable;
  }
}

function matches(match: Match, frame: Match): boolean {
  return Object.entries(match).every(([name, wanted]) => {
    const value = frame[name as keyof Match];
    if (typeof wanted !== 'object') return wanted === value;
    const { value: bits, mask } = wanted as { value: number | string; mask: number | string };
    if (typeof bits === 'number') return (Number(value ?? 0) & Number(mask)) === bits;
    // fe80::/10, ff00::/8, ff02::/16 and 224.0.0.0/24.
    return typeof value === 'string' && value.startsWith(bits.slice(0, mask === 'ff00::' ? 2 : 3));
  });
}

const udp = (ethType: number, udpSrc: number, udpDst: number, more: Match = {}): Match => ({
  ethType,
  ipProto: 17,
  udpSrc,
  udpDst,
  ...more,
});
const icmpv6 = (icmpv6Type: number, more: Match = {}): Match => ({
  ethType: IPV6,
  ipProto: 58,
  icmpv6Type,
  ...more,
});
/** Open vSwitch reads neither ports nor types in fragments. */
const fragment: Match = { ipFrag: 1 };

const permitted: [string, Frame][] = [
  ['IPv4', { fields: { ipProto: 6 } }],
  ['IPv6', { fields: { ethType: IPV6, ipProto: 6 } }],
  ['ARP', { fields: { ethType: ARP } }],
  ['a DHCP request', { fields: udp(IPV4, 68, 67) }],
  ['a DHCPv6 request', { fields: udp(IPV6, 546, 547) }],
  ['a router solicitation', { fields: icmpv6(133) }],
  ['a neighbor advertisement', { fields: icmpv6(136) }],
  ['a large ping', { fields: icmpv6(0, { ...fragment, ipv6Dst: 'fd00::2' }) }],
  ['a large datagram', { fields: udp(IPV4, 0, 0, { ...fragment, ipv4Dst: '10.0.0.2' }) }],
  ['a datagram from the port of a DHCP server', { fields: udp(IPV4, 67, 1068) }],
  ['a datagram from the port of a DHCPv6 server', { fields: udp(IPV6, 547, 1546) }],
  ['a large datagram over IPv6', { fields: udp(IPV6, 0, 0, { ...fragment, ipv6Dst: 'fd00::2' }) }],
];
const anywhere: [string, Frame][] = [
  ['with a tag', { tagged: true }],
  ...[0x9100, 0x9200, 0x9300].map((ethType): [string, Frame] => [
    `with a tag of EtherType 0x${ethType.toString(16)}`,
    { fields: { ethType } },
  ]),
];
const forbidden: [string, Frame][] = [
  ...anywhere,
  ['from another MAC address', { src: 'fa:16:3e:00:00:02' }],
  ['that is a router advertisement', { fields: icmpv6(134) }],
  ['that is a redirect', { fields: icmpv6(137) }],
  [
    'that is a fragment of a router advertisement',
    { fields: icmpv6(0, { ...fragment, ipv6Dst: 'ff02::1' }) },
  ],
  ['whose IPv6 extension headers have no end', { fields: { ethType: IPV6, ipProto: 0 } }],
  ['that is PPPoE', { fields: { ethType: 0x8863 } }],
  ['that is MPLS', { fields: { ethType: 0x8847 } }],
  ['that is LLDP', { fields: { ethType: 0x88cc } }],
  ['that is PAUSE', { fields: { ethType: 0x8808 } }],
  // Open vSwitch gives frames with a length instead of an EtherType this one.
  ['that is STP', { fields: { ethType: 0x05ff } }],
];
const offers = [67, 5000, 68, 0].map((port): [string, Frame] => [
  `that is a DHCP offer from port ${port}`,
  { fields: udp(IPV4, port, 68) },
]);
const replies = [547, 5000, 546, 0].map((port): [string, Frame] => [
  `that is a DHCPv6 reply from port ${port}`,
  { fields: udp(IPV6, port, 546) },
]);
const EVERYONE = 'ff:ff:ff:ff:ff:ff';
const offerParts: [string, Match][] = [
  ['255.255.255.255', udp(IPV4, 0, 0, { ipv4Dst: '255.255.255.255' })],
  ['224.0.0.1', udp(IPV4, 0, 0, { ipv4Dst: '224.0.0.1' })],
  [EVERYONE, udp(IPV4, 0, 0, { ethDst: EVERYONE, ipv4Dst: '10.0.0.2' })],
  ['a link-local address', udp(IPV6, 0, 0, { ipv6Dst: 'fe80::2' })],
  ['ff02::1', udp(IPV6, 0, 0, { ipv6Dst: 'ff02::1' })],
];
const dhcpServer: [string, Frame][] = [
  ...offers,
  ...replies,
  ...offerParts.map(([to, fields]): [string, Frame] => [
    `that is a fragment of an offer to ${to}`,
    { fields: { ...fields, ...fragment } },
  ]),
  ['whose IPv4 header cannot be read', { fields: { ipProto: 0 } }],
];

describe('the port of a container', () => {
  const flows = [...sharedFlows(), ...portFlows(plain)];
  test.each(permitted)('forwards %s', (_, frame) => expect(fate(flows, frame)).toBe('forwarded'));
  test.each([...forbidden, ...dhcpServer])('drops a frame %s', (_, frame) => {
    expect(fate(flows, frame)).toBe('dropped');
  });

  it('is the only one whose frames its flows touch', () => {
    for (const [, frame] of [...permitted, ...forbidden]) {
      expect(fate(flows, { ...frame, from: 1 })).toBe('left to other flows');
      expect(fate(flows, { ...frame, from: 0xfffffffe })).toBe('left to other flows');
    }
  });
});

describe('the port of a DHCP server', () => {
  const flows = [...sharedFlows(), ...portFlows({ ...plain, mayServeDhcp: true })];
  test.each([...permitted, ...dhcpServer])('forwards a frame %s', (_, frame) => {
    expect(fate(flows, frame)).toBe('forwarded');
  });
  test.each(forbidden)('drops a frame %s', (_, frame) => expect(fate(flows, frame)).toBe('dropped'));
});

describe('a port with allowed address pairs', () => {
  const other = 'fa:16:3e:00:00:02';
  const flows = [...sharedFlows(), ...portFlows({ ...plain, macs: [OWN, other] })];
  it('forwards frames from their MAC addresses, and from no third one', () => {
    expect(fate(flows, { src: other })).toBe('forwarded');
    expect(fate(flows, { src: 'fa:16:3e:00:00:03' })).toBe('dropped');
    expect(fate(flows, { src: other, tagged: true })).toBe('dropped');
  });
});

describe('a port whose MAC addresses are not known yet', () => {
  const other = { src: 'fa:16:3e:00:00:02' };
  const flows = [...sharedFlows(), ...portFlows({ ...plain, macs: 'unknown' })];
  test.each(permitted)('forwards %s from another MAC address', (_, frame) => {
    expect(fate(flows, { ...frame, ...other })).toBe('forwarded');
  });
  test.each([...forbidden, ...dhcpServer].filter(([, { src }]) => !src))('drops a frame %s', (_, frame) => {
    expect(fate(flows, { ...frame, ...other })).toBe('dropped');
  });
});

describe('a port without a MAC address', () => {
  const flows = [...sharedFlows(), ...portFlows({ ...plain, macs: [] })];
  test.each(permitted)('drops %s', (_, frame) => expect(fate(flows, frame)).toBe('dropped'));
});

describe('a port without port security', () => {
  const flows = [...sharedFlows(), ...portFlows({ ...plain, macs: 'any' })];
  test.each(forbidden.filter((each) => !anywhere.includes(each)))('forwards a frame %s', (_, frame) => {
    expect(fate(flows, frame)).toBe('forwarded');
  });
  test.each(anywhere)('drops a frame %s', (_, frame) => expect(fate(flows, frame)).toBe('dropped'));
});

test('every flow has the guard’s cookie, and the port’s own flows its VLAN', () => {
  const flows = [...sharedFlows(), ...portFlows(plain)];
  expect(flows.every(({ cookie }) => (cookie & GUARD_COOKIE_MASK) === GUARD_COOKIE)).toBe(true);
  expect(portFlows(plain).map(({ cookie }) => cookie & 0xffff_ffffn)).toEqual([101n, 101n]);
  expect(flows.every(isGuardFlow)).toBe(true);
});

test('a flow of another owner is none of the guard’s, even on a container’s port', () => {
  expect(isGuardFlow({ cookie: 0n, table: 0, priority: 32_768 })).toBe(false);
  expect(isGuardFlow({ cookie: 0n, table: 1, priority: 60_000 })).toBe(false);
  // One that replaced a guard flow under its own cookie.
  expect(isGuardFlow({ cookie: 0n, table: 0, priority: 60_000 })).toBe(true);
});

test('flows of other owners that could match frames of a container are overridden', () => {
  const foreign = { cookie: 0x77n, table: 0, priority: 500, match: {} };
  expect(isOverridden(foreign, [plain])).toBe(true);
  expect(isOverridden({ ...foreign, match: { inPort: plain.ofport } }, [plain])).toBe(true);
  expect(isOverridden({ ...foreign, match: { inPort: 1 } }, [plain])).toBe(false);
  expect(isOverridden({ ...foreign, table: 1 }, [plain])).toBe(false);
  // What every bridge has.
  expect(isOverridden({ ...foreign, priority: 0 }, [plain])).toBe(false);
  expect(portFlows(plain).some((flow) => isOverridden(flow, [plain]))).toBe(false);
});

test('ports have the same flows when nothing differs that a flow looks at', () => {
  expect(haveSameFlows(plain, structuredClone(plain))).toBe(true);
  expect(haveSameFlows(undefined, undefined)).toBe(true);
});

test.each([
  undefined,
  { ...plain, ofport: 6 },
  { ...plain, vlan: 102 },
  { ...plain, mayServeDhcp: true },
  { ...plain, macs: [] },
  { ...plain, macs: [OWN, 'fa:16:3e:00:00:02'] },
  { ...plain, macs: 'any' as const },
  { ...plain, macs: 'unknown' as const },
])('the flows of %o are others', (other) => {
  expect([haveSameFlows(plain, other), haveSameFlows(other, plain)]).toEqual([false, false]);
});
