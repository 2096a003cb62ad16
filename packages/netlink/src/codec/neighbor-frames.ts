import { parseMac } from './mac.ts';

export const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ICMPV6 = 58;
const BROADCAST = parseMac('ff:ff:ff:ff:ff:ff');

/** The Ethernet frame of an ARP request (RFC 826), to all machines on the link. */
export function arpRequest(mac: Buffer, source: Buffer, target: Buffer): Buffer {
  const request = Buffer.concat([words(1, ETHERTYPE_IPV4), Buffer.of(6, 4), words(1), mac, source]);
  return Buffer.concat([BROADCAST, mac, words(ETHERTYPE_ARP), request, Buffer.alloc(6), target]);
}

/** A message of Neighbor Discovery (RFC 4861 §4.3 and §4.4) with one link-layer address. */
export interface NeighborMessage {
  /** ICMPv6 type: 135 solicits, 136 advertises. */
  readonly type: number;
  /** First byte of the flags. */
  readonly flags: number;
  readonly target: Buffer;
  /** Type of the option that carries the sender's own MAC address: 1 source, 2 target. */
  readonly option: number;
}

/** The Ethernet frame of a message of Neighbor Discovery to a multicast group. */
export function neighborFrame(
  { type, flags, target, option }: NeighborMessage,
  mac: Buffer,
  source: Buffer,
  group: Buffer,
): Buffer {
  const message = Buffer.concat([
    Buffer.of(type, 0, 0, 0, flags, 0, 0, 0),
    target,
    Buffer.of(option, 1),
    mac,
  ]);
  const pseudoHeader = Buffer.concat([source, group, words(0, message.length, 0, ICMPV6)]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, message])), 2);
  const header = Buffer.concat([words(0x6000, 0, message.length), Buffer.of(ICMPV6, 255), source, group]);
  // The group's Ethernet address (RFC 2464 §7).
  const groupMac = Buffer.concat([Buffer.of(0x33, 0x33), group.subarray(12)]);
  return Buffer.concat([groupMac, mac, words(ETHERTYPE_IPV6), header, message]);
}

/** Encodes numbers with sixteen bits each, in network order. */
function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

/** The checksum of RFC 1071, for an even number of bytes. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
