import type { Forgery } from './forgery.ts';
import { ALL_NODES, ALL_NODES_MAC, BROADCAST, frame, type Tag } from './frame.ts';
import * as packets from './packets.ts';
import type { FrameScene } from './scene.ts';

/** Frames of the two containers that send, and who gets them. */

/** An announcement of the sender's own address, by default to everyone on the management network. */
export const announcement = (
  s: FrameScene,
  mark: string,
  tags: readonly Tag[] = [],
  to: string = BROADCAST,
): Buffer => {
  const { host } = s.onManagement;
  return frame(to, host.mac, packets.arpReply(host, host), mark, tags);
};

export const fromManagement = {
  from: (s: FrameScene) => s.onManagement,
  ordinary: announcement,
  reaches: (s: FrameScene) => [s.vmA, s.vmB, s.vmC, s.managementNeighbour, s.machine],
} satisfies Partial<Forgery>;

/** A frame from the overlay network to the neighbour in another VM. */
export const toDistant = (
  s: FrameScene,
  packet: Buffer,
  mark: string,
  source = s.onOverlay.host.mac,
): Buffer => frame(s.distantNeighbour.host.mac, source, packet, mark);

/** An IPv6 packet from the overlay network to everyone there, from the address that the kernel made. */
export const toAllNodes = (s: FrameScene, payload: packets.Payload, mark: string): Buffer =>
  frame(ALL_NODES_MAC, s.onOverlay.host.mac, packets.ipv6(s.onOverlay.linkLocal, ALL_NODES, payload), mark);

/** An ICMPv6 message for {@link toAllNodes}. */
export const message = (s: FrameScene, bytes: Buffer): packets.Payload[number] =>
  packets.icmpv6(s.onOverlay.linkLocal, ALL_NODES, bytes);

export const fromOverlay = {
  from: (s: FrameScene) => s.onOverlay,
  reaches: (s: FrameScene) => [s.distantNeighbour],
} satisfies Partial<Forgery>;

export const toNeighbours = (s: FrameScene) => [s.neighbour, s.distantNeighbour];
