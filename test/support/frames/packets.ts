import { checksum, ip, mac, words } from './bytes.ts';

/** The contents of Ethernet frames: an EtherType with what follows it. */

/** Who a packet names as its sender or receiver. */
export interface Host {
  readonly mac: string;
  readonly v4: string;
  readonly v6: string;
}

/** Headers after that of IPv6: the number by which the header before each one names it, and its bytes. */
export type Payload = readonly (readonly [number, Buffer])[];
/** The source and the destination of a datagram. */
export type Ports = readonly [source: number, destination: number];

const UDP = 17;
const ICMPV6 = 58;

/** RFC 826: `who` says that it has its IPv4 address. */
export function arpReply(who: Pick<Host, 'mac' | 'v4'>, to: Pick<Host, 'mac' | 'v4'>): Buffer {
  const header = words(0x0806, 1, 0x0800, 0x0604, 2);
  return Buffer.concat([header, mac(who.mac), ip(who.v4), mac(to.mac), ip(to.v4)]);
}

/** RFC 791, without options. */
export function ipv4(from: string, to: string, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.concat([
    words(0x4500, 20 + payload.length, 0, 0),
    Buffer.of(64, protocol, 0, 0),
    ip(from),
    ip(to),
  ]);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([words(0x0800), header, payload]);
}

/** A UDP datagram (RFC 768) over IPv4, without a checksum. */
export function udp4(from: string, to: string, ports: Ports, payload: Buffer): Buffer {
  return ipv4(from, to, UDP, Buffer.concat([words(...ports, 8 + payload.length, 0), payload]));
}

/** RFC 8200 §3, with the headers that follow it. */
export function ipv6(from: string, to: string, payload: Payload, hopLimit = 255): Buffer {
  const parts = payload.map(([, bytes], index) => {
    const next = payload[index + 1];
    if (next === undefined) return bytes;
    const linked = Buffer.from(bytes);
    linked[0] = next[0];
    return linked;
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const [first = 59] = payload[0] ?? [];
  return Buffer.concat([
    words(0x86dd, 0x6000, 0, length),
    Buffer.of(first, hopLimit),
    ip(from),
    ip(to),
    ...parts,
  ]);
}

/** A message of ICMPv6 (RFC 4443) with its checksum. */
export function icmpv6(from: string, to: string, message: Buffer): Payload[number] {
  const bytes = Buffer.from(message);
  bytes.writeUInt16BE(0, 2);
  bytes.writeUInt16BE(checksum(ip(from), ip(to), words(0, bytes.length, 0, ICMPV6), bytes), 2);
  return [ICMPV6, bytes];
}

/** A UDP datagram over IPv6. */
export function udp6(from: string, to: string, ports: Ports, payload: Buffer): Buffer {
  const datagram = Buffer.concat([words(...ports, 8 + payload.length, 0), payload]);
  datagram.writeUInt16BE(checksum(ip(from), ip(to), words(0, datagram.length, 0, UDP), datagram), 6);
  return ipv6(from, to, [[UDP, datagram]]);
}

/** RFC 4861 §4.2: a router advertisement with the source's link-layer address. */
export const routerAdvertisement = (who: Pick<Host, 'mac'>): Buffer =>
  Buffer.concat([Buffer.of(134, 0, 0, 0, 64, 0x08), words(1800, 0, 0, 0, 0), Buffer.of(1, 1), mac(who.mac)]);

/** RFC 4861 §4.1: a router solicitation with the source's link-layer address. */
export const routerSolicitation = (who: Pick<Host, 'mac'>): Buffer =>
  Buffer.concat([Buffer.of(133, 0, 0, 0, 0, 0, 0, 0, 1, 1), mac(who.mac)]);

/** RFC 4861 §4.4: `who` says that it has its IPv6 address. */
export const neighborAdvertisement = (who: Pick<Host, 'mac' | 'v6'>): Buffer =>
  Buffer.concat([Buffer.of(136, 0, 0, 0, 0x20, 0, 0, 0), ip(who.v6), Buffer.of(2, 1), mac(who.mac)]);

/** RFC 4861 §4.5: the better first hop to `destination` is `target`. */
export const redirect = (target: string, destination: string): Buffer =>
  Buffer.concat([Buffer.of(137, 0, 0, 0, 0, 0, 0, 0), ip(target), ip(destination)]);

/** RFC 8200 §4.3 and §4.6: eight bytes of padding, as hop-by-hop options (0) or destination options (60). */
export const options = (header: 0 | 60): Payload[number] => [header, Buffer.of(59, 0, 1, 4, 0, 0, 0, 0)];

/** RFC 8200 §4.5: a fragment header; `offset` in units of eight bytes. */
export function fragment(next: number, offset: number, isLast: boolean): Payload[number] {
  return [44, Buffer.concat([Buffer.of(next, 0), words((offset << 3) | (isLast ? 0 : 1), 0x4f56, 0x4e31)])];
}
