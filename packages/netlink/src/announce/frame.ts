import { parseIp } from '../address/ip.ts';
import { parseMac } from '../codec/mac.ts';

export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
export const BROADCAST = parseMac('ff:ff:ff:ff:ff:ff');
const ALL_NODES = parseIp('ff02::1').bytes;
/** The Ethernet address of ff02::1 (RFC 2464 §7). */
const ALL_NODES_MAC = parseMac('33:33:00:00:00:01');
export const ICMPV6 = 58;

/**
 * The Ethernet frame that announces the MAC address of an IP address to all neighbours on the link.
 *
 * @throws NetlinkError EINVAL when one of the addresses is not valid.
 */
export function announcement(mac: string, address: string): Buffer {
  const { family, bytes } = parseIp(address);
  return family === 4 ? arpAnnouncement(parseMac(mac), bytes) : neighborAdvertisement(parseMac(mac), bytes);
}

/** RFC 5227 §2.3: an ARP request (RFC 826) whose sender and target are the same address. */
function arpAnnouncement(mac: Buffer, ip: Buffer): Buffer {
  const request = Buffer.concat([words(1, ETHERTYPE_IPV4), Buffer.of(6, 4), words(1), mac, ip]);
  return Buffer.concat([BROADCAST, mac, words(ETHERTYPE_ARP), request, Buffer.alloc(6), ip]);
}

/** RFC 4861 §7.2.6: unsolicited, with the Override flag, to all nodes. */
function neighborAdvertisement(mac: Buffer, ip: Buffer): Buffer {
  const OVERRIDE = 0x20;
  const TARGET_LINK_LAYER_ADDRESS = 2;
  const message = Buffer.concat([
    Buffer.of(136, 0, 0, 0, OVERRIDE, 0, 0, 0),
    ip,
    Buffer.of(TARGET_LINK_LAYER_ADDRESS, 1),
    mac,
  ]);
  const pseudoHeader = Buffer.concat([ip, ALL_NODES, words(0, message.length, 0, ICMPV6)]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, message])), 2);
  const header = Buffer.concat([words(0x6000, 0, message.length), Buffer.of(ICMPV6, 255), ip, ALL_NODES]);
  return Buffer.concat([ALL_NODES_MAC, mac, words(ETHERTYPE_IPV6), header, message]);
}

/** Encodes numbers with sixteen bits each, in network order. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

/** The checksum of RFC 1071, for an even number of bytes. */
export function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
