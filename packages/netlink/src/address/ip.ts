import { isIP } from 'node:net';
import { errnoOf, invalidArgument, NetlinkError } from '../errors.ts';
import { AF_INET, AF_INET6, libc } from '../socket/libc.ts';

/** Version of the Internet Protocol. */
export type Family = 4 | 6;

/** An address and the length of its network part. */
export interface Prefix {
  readonly family: Family;
  /** Four or sixteen bytes in network order. */
  readonly bytes: Buffer;
  readonly length: number;
}

const TEXT_LENGTH = 46; // INET6_ADDRSTRLEN

export const addressFamily = (family: Family): number => (family === 4 ? AF_INET : AF_INET6);

export const familyOf = (addressFamily: number): Family => (addressFamily === AF_INET ? 4 : 6);

/** The number of bits in an address. */
export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

/**
 * Parses an IPv4 or IPv6 address to bytes (inet_pton(3)).
 *
 * @throws NetlinkError EINVAL when it is neither.
 */
export function parseIp(text: string): { family: Family; bytes: Buffer } {
  const family = isIP(text) === 6 ? 6 : 4;
  const bytes = Buffer.alloc(bitsOf(family) / 8);
  if (isIP(text) === 0 || libc.inet_pton(addressFamily(family), text, bytes) !== 1)
    throw invalidArgument('read IP address', `'${text}' is neither an IPv4 nor an IPv6 address`);
  return { family, bytes };
}

/**
 * Formats four or sixteen bytes as an address, in the short form of RFC 5952 (inet_ntop(3)).
 *
 * @throws NetlinkError EBADMSG for any other number of bytes, of which inet_ntop(3) would read beyond the
 *   end.
 */
export function formatIp(bytes: Buffer): string {
  if (bytes.length !== 4 && bytes.length !== 16) {
    const reason = `an address of ${bytes.length} bytes`;
    throw new NetlinkError({ operation: 'decode address', errno: errnoOf('EBADMSG'), reason });
  }
  const family = bytes.length === 4 ? AF_INET : AF_INET6;
  return libc.inet_ntop(family, bytes, Buffer.alloc(TEXT_LENGTH), TEXT_LENGTH) ?? '';
}

/**
 * Parses `192.0.2.5/24` or `2001:db8::5/64`, and keeps the host bits.
 *
 * @throws NetlinkError EINVAL when address or length is not valid, or the length is missing.
 */
export function parseCidr(text: string): Prefix {
  const [address = '', length = '', ...rest] = text.split('/');
  if (!/^\d{1,3}$/.test(length) || rest.length > 0)
    throw invalidArgument('read CIDR', `'${text}' is not like 192.0.2.5/24 or 2001:db8::5/64`);
  const ip = parseIp(address);
  if (Number(length) > bitsOf(ip.family))
    throw invalidArgument('read CIDR', `'${text}' has a prefix longer than ${bitsOf(ip.family)} bits`);
  return { ...ip, length: Number(length) };
}
