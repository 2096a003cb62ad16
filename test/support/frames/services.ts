import type { Forgery } from './forgery.ts';
import { BROADCAST, frame } from './frame.ts';
import { fromOverlay, message, toAllNodes, toDistant, toNeighbours } from './from-container.ts';
import * as packets from './packets.ts';
import type { FrameScene } from './scene.ts';

const toEveryone = (payload: (s: FrameScene) => packets.Payload): Forgery => ({
  ...fromOverlay,
  reaches: toNeighbours,
  ordinary: (s, mark) => toAllNodes(s, [solicitation(s)], mark),
  forged: (s, mark) => toAllNodes(s, payload(s), mark),
});
/** OVN lets a router solicitation pass, as it does an advertisement, whatever the security groups say. */
const solicitation = (s: FrameScene) => message(s, packets.routerSolicitation(s.onOverlay.host));
const advertisement = (s: FrameScene) => message(s, packets.routerAdvertisement(s.onOverlay.host));

/** A reply of BOOTP (RFC 2131 §2), cut after its addresses. */
const OFFER = Buffer.concat([Buffer.of(2, 1, 6, 0), Buffer.alloc(40)]);
const EVERYONE = '255.255.255.255';
const offer = (s: FrameScene, ports: packets.Ports, to: string, mark: string): Buffer => {
  const destination = to === EVERYONE ? BROADCAST : s.distantNeighbour.host.mac;
  return frame(destination, s.onOverlay.host.mac, packets.udp4(s.onOverlay.host.v4, to, ports, OFFER), mark);
};
const dhcp = (to: (s: FrameScene) => string, from = 67): Forgery => ({
  ...fromOverlay,
  ordinary: (s, mark) => offer(s, [67, 1068], s.distantNeighbour.host.v4, mark),
  forged: (s, mark) => offer(s, [from, 68], to(s), mark),
});
const REPLY = Buffer.of(7, 1, 2, 3);
const reply = (s: FrameScene, ports: packets.Ports, mark: string): Buffer =>
  toDistant(s, packets.udp6(s.onOverlay.host.v6, s.distantNeighbour.host.v6, ports, REPLY), mark);
const dhcpv6 = (from: number): Forgery => ({
  ...fromOverlay,
  ordinary: (s, mark) => reply(s, [547, 1546], mark),
  forged: (s, mark) => reply(s, [from, 546], mark),
});

/**
 * What routers and DHCP servers send; RFC 7113 names the extension headers that hide a router advertisement.
 */
export const services: readonly (readonly [string, Forgery])[] = [
  ['a router advertisement', toEveryone((s) => [advertisement(s)])],
  [
    'a router advertisement after hop-by-hop options',
    toEveryone((s) => [packets.options(0), advertisement(s)]),
  ],
  [
    'a router advertisement after destination options',
    toEveryone((s) => [packets.options(60), advertisement(s)]),
  ],
  [
    'a router advertisement in a single fragment',
    toEveryone((s) => [packets.fragment(58, 0, true), advertisement(s)]),
  ],
  [
    'a router advertisement after several headers',
    toEveryone((s) => [
      packets.options(0),
      packets.fragment(60, 0, true),
      packets.options(60),
      advertisement(s),
    ]),
  ],
  ['a DHCP offer to everyone', dhcp(() => EVERYONE)],
  ['a DHCP offer to one victim', dhcp((s) => s.distantNeighbour.host.v4)],
  // Clients look at the destination port alone.
  ['a DHCP offer from another port', dhcp((s) => s.distantNeighbour.host.v4, 5000)],
  ['a DHCPv6 reply', dhcpv6(547)],
  ['a DHCPv6 reply from another port', dhcpv6(5000)],
];

/** A router advertisement in two fragments; with `isHidden`, the first one does not show what it is. */
export function fragments(s: FrameScene, mark: string, isHidden: boolean): Buffer[] {
  const [, bytes] = advertisement(s);
  const [head, tail] = isHidden
    ? [packets.options(60)[1], bytes]
    : [bytes.subarray(0, 16), bytes.subarray(16)];
  const first = Buffer.from(head);
  const next = isHidden ? 60 : 58;
  if (isHidden) first[0] = 58;
  return [
    toAllNodes(s, [packets.fragment(next, 0, false), [next, first]], mark),
    toAllNodes(s, [packets.fragment(next, first.length / 8, true), [next, tail]], mark),
  ];
}
