import { parseIp } from '../address/ip.ts';
import {
  BROADCAST,
  checksum,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  ICMPV6,
  words,
} from '../announce/frame.ts';
import { formatMac, parseMac } from '../codec/mac.ts';
import { invalidArgument } from '../errors.ts';

const ETHERNET_LENGTH = 14;

/** A question for the MAC address of a neighbour, and how its answer looks. */
export interface Question {
  /** The Ethernet frame to send. */
  readonly frame: Buffer;
  /** EtherType of the answer. */
  readonly etherType: number;
  /** The neighbour's MAC address if the frame is the answer; else undefined. */
  answeredBy(frame: Buffer): string | undefined;
}

/**
 * Asks for the MAC address of `target`: an ARP request (RFC 826), or a neighbor solicitation (RFC 4861
 * §7.2.2) for an IPv6 address.
 *
 * @param mac of the link that asks
 * @param source an address of that link, of the same version
 * @throws NetlinkError EINVAL when an address is not valid, or their versions differ.
 */
export function questionFor(mac: string, source: string, target: string): Question {
  const [from, to] = [parseIp(source), parseIp(target)];
  if (from.family !== to.family)
    throw invalidArgument(`ask for ${target}`, `'${source}' has another IP version`);
  const own = parseMac(mac);
  return to.family === 4 ? arpRequest(own, from.bytes, to.bytes) : solicitation(own, from.bytes, to.bytes);
}

function arpRequest(mac: Buffer, source: Buffer, target: Buffer): Question {
  const REPLY = 2;
  const request = Buffer.concat([words(1, ETHERTYPE_IPV4), Buffer.of(6, 4), words(1), mac, source]);
  const frame = Buffer.concat([BROADCAST, mac, words(ETHERTYPE_ARP), request, Buffer.alloc(6), target]);
  return {
    frame,
    etherType: ETHERTYPE_ARP,
    answeredBy(received) {
      const body = received.subarray(ETHERNET_LENGTH);
      if (body.length < 28 || typeOf(received) !== ETHERTYPE_ARP || body.readUInt16BE(6) !== REPLY)
        return undefined;
      return body.subarray(14, 18).equals(target) ? formatMac(body.subarray(8, 14)) : undefined;
    },
  };
}

function solicitation(mac: Buffer, source: Buffer, target: Buffer): Question {
  const SOURCE_LINK_LAYER_ADDRESS = 1;
  const ADVERTISEMENT = 136;
  // The solicited-node address of the target (RFC 4291 §2.7.1), and its Ethernet address (RFC 2464 §7).
  const group = Buffer.concat([Buffer.from('ff0200000000000000000001ff', 'hex'), target.subarray(13)]);
  const groupMac = Buffer.concat([Buffer.of(0x33, 0x33), group.subarray(12)]);
  const message = Buffer.concat([
    Buffer.of(135, 0, 0, 0, 0, 0, 0, 0),
    target,
    Buffer.of(SOURCE_LINK_LAYER_ADDRESS, 1),
    mac,
  ]);
  const pseudoHeader = Buffer.concat([source, group, words(0, message.length, 0, ICMPV6)]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, message])), 2);
  const header = Buffer.concat([words(0x6000, 0, message.length), Buffer.of(ICMPV6, 255), source, group]);
  return {
    frame: Buffer.concat([groupMac, mac, words(ETHERTYPE_IPV6), header, message]),
    etherType: ETHERTYPE_IPV6,
    answeredBy(received) {
      const body = received.subarray(ETHERNET_LENGTH);
      if (body.length < 64 || typeOf(received) !== ETHERTYPE_IPV6) return undefined;
      if (body[6] !== ICMPV6 || body[40] !== ADVERTISEMENT || !body.subarray(48, 64).equals(target))
        return undefined;
      return formatMac(received.subarray(6, 12));
    },
  };
}

const typeOf = (frame: Buffer): number => frame.readUInt16BE(12);
