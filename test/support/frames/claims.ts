import type { Forgery } from './forgery.ts';
import { ALL_NODES, ALL_NODES_MAC, BROADCAST, frame } from './frame.ts';
import { fromOverlay, message, toAllNodes, toDistant, toNeighbours } from './from-container.ts';
import * as packets from './packets.ts';
import type { FrameScene } from './scene.ts';

const STRANGER = { mac: 'fa:16:3e:00:be:ef', v4: '10.187.0.250', v6: 'fd00:187::dead' };
const GATEWAY = { v4: '10.187.0.1', v6: 'fd00:187::1' };
const PORTS = [4000, 4001] as const;
const TEXT = Buffer.from('a datagram of a container');

const datagram = (s: FrameScene, from: string): Buffer =>
  from.includes(':')
    ? packets.udp6(from, s.distantNeighbour.host.v6, PORTS, TEXT)
    : packets.udp4(from, s.distantNeighbour.host.v4, PORTS, TEXT);

const sentAs = (version: 'v4' | 'v6', source: (s: FrameScene) => string): Forgery => ({
  ...fromOverlay,
  ordinary: (s, mark) => toDistant(s, datagram(s, s.onOverlay.host[version]), mark),
  forged: (s, mark) => toDistant(s, datagram(s, source(s)), mark),
});

const arp = (s: FrameScene, v4: string, to: string, mark: string): Buffer => {
  const { mac } = s.onOverlay.host;
  return frame(to, mac, packets.arpReply({ mac, v4 }, s.distantNeighbour.host), mark);
};
const arpFor = (victim: (s: FrameScene) => string, to = (_: FrameScene) => BROADCAST): Forgery => ({
  ...fromOverlay,
  reaches: toNeighbours,
  ordinary: (s, mark) => arp(s, s.onOverlay.host.v4, BROADCAST, mark),
  forged: (s, mark) => arp(s, victim(s), to(s), mark),
});

const advertisement = (s: FrameScene, v6: string, mark: string): Buffer => {
  const { mac, v6: from } = s.onOverlay.host;
  const message = packets.icmpv6(from, ALL_NODES, packets.neighborAdvertisement({ mac, v6 }));
  return frame(ALL_NODES_MAC, mac, packets.ipv6(from, ALL_NODES, [message]), mark);
};
const advertises = (victim: (s: FrameScene) => string): Forgery => ({
  ...fromOverlay,
  reaches: toNeighbours,
  ordinary: (s, mark) => advertisement(s, s.onOverlay.host.v6, mark),
  forged: (s, mark) => advertisement(s, victim(s), mark),
});

const redirects: Forgery = {
  ...advertises((s) => s.neighbour.host.v6),
  forged: (s, mark) => toAllNodes(s, [message(s, packets.redirect(s.onOverlay.linkLocal, GATEWAY.v6))], mark),
};

/** IP addresses that are not the sender's own. */
export const claims: readonly (readonly [string, Forgery])[] = [
  ['from an IPv4 address that no machine has', sentAs('v4', () => STRANGER.v4)],
  ['from the IPv4 address of a neighbour', sentAs('v4', (s) => s.neighbour.host.v4)],
  ['from an IPv6 address that no machine has', sentAs('v6', () => STRANGER.v6)],
  ['from the IPv6 address of a neighbour', sentAs('v6', (s) => s.neighbour.host.v6)],
  ['with an ARP reply for the gateway', arpFor(() => GATEWAY.v4)],
  ['with an ARP reply for a neighbour', arpFor((s) => s.neighbour.host.v4)],
  [
    'with an ARP reply for a neighbour, to one victim',
    arpFor(
      (s) => s.neighbour.host.v4,
      (s) => s.distantNeighbour.host.mac,
    ),
  ],
  ['with a redirect to itself', redirects],
  ['with an NA for the gateway', advertises(() => GATEWAY.v6)],
  ['with an NA for a neighbour', advertises((s) => s.neighbour.host.v6)],
];

const sentFrom = (source: (s: FrameScene) => string): Forgery => ({
  ...sentAs('v4', (s) => s.onOverlay.host.v4),
  forged: (s, mark) => toDistant(s, datagram(s, s.onOverlay.host.v4), mark, source(s)),
});

/** Source MAC addresses that are not the sender's own. */
export const foreignSources: readonly (readonly [string, Forgery])[] = [
  ['that no machine has', sentFrom(() => STRANGER.mac)],
  ['of a neighbour', sentFrom((s) => s.neighbour.host.mac)],
  ['of its VM', sentFrom((s) => s.vmA.host.mac)],
];
