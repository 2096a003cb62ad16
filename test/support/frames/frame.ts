import { mac, words } from './bytes.ts';

/** A VLAN tag: a VLAN (802.1Q), or an EtherType with the sixteen bits after it. */
export type Tag = number | readonly [type: number, control: number];

const DOT1Q = 0x8100;

/** An Ethernet frame. A mark after its payload, like padding, tells it from all other frames. */
export function frame(
  to: string,
  from: string,
  packet: Buffer,
  mark: string,
  tags: readonly Tag[] = [],
): Buffer {
  const encoded = tags.map((tag) => (typeof tag === 'number' ? words(DOT1Q, tag) : words(...tag)));
  return Buffer.concat([mac(to), mac(from), ...encoded, packet, Buffer.alloc(18), Buffer.from(mark)]);
}

/** All hosts on the link. */
export const BROADCAST = 'ff:ff:ff:ff:ff:ff';
/** The Ethernet address of ff02::1 (RFC 2464 §7). */
export const ALL_NODES_MAC = '33:33:00:00:00:01';
export const ALL_NODES = 'ff02::1';
