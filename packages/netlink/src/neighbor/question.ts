import { parseIp } from '../address/ip.ts';
import { formatMac, parseMac } from '../codec/mac.ts';
import {
  arpRequest,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV6,
  ICMPV6,
  neighborFrame,
} from '../codec/neighbor-frames.ts';
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
  return to.family === 4 ? arpQuestion(own, from.bytes, to.bytes) : solicitation(own, from.bytes, to.bytes);
}

function arpQuestion(mac: Buffer, source: Buffer, target: Buffer): Question {
  const REPLY = 2;
  return {
    frame: arpRequest(mac, source, target),
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
  // The solicited-node address of the target (RFC 4291 §2.7.1).
  const group = Buffer.concat([Buffer.from('ff0200000000000000000001ff', 'hex'), target.subarray(13)]);
  const message = { type: 135, flags: 0, target, option: SOURCE_LINK_LAYER_ADDRESS };
  return {
    frame: neighborFrame(message, mac, source, group),
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
