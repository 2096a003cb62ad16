import { canonical, type IpVersion, type Prefix, parsePrefix, versionOf } from './addresses.ts';

/** An address with a prefix length, whose host bits are kept. */
export interface Cidr {
  readonly version: IpVersion;
  /** The canonical text of the address. */
  readonly address: string;
  readonly prefix: Prefix;
}

/**
 * Reads an address, or an address and a prefix length, in any notation that Neutron accepts: with white space
 * around it, with leading zeros or fewer than four numbers in an IPv4 address, and with a netmask or a host
 * mask instead of the length. Undefined if the text is none of these.
 */
export function readCidr(text: string): Cidr | undefined {
  const [addressText = '', lengthText, more] = text.split('/').map((part) => part.trim());
  if (more !== undefined) return undefined;
  const address = canonical(padded(addressText));
  const version = versionOf(address);
  if (version === undefined) return undefined;
  const length = lengthText === undefined ? WIDTH[version] : readLength(lengthText, version);
  const prefix = length === undefined ? undefined : parsePrefix(`${address}/${length}`);
  return prefix && { version, address, prefix };
}

/** The text of a {@link Cidr}: `10.0.0.1/24`. */
export const cidrText = ({ address, prefix }: Cidr): string => `${address}/${prefix.length}`;

/** An IPv4 address without leading zeros and with four numbers: 10.0.0.0 for 10 and 010.0. */
export function padded(address: string): string {
  const parts = address.split('.');
  const isShort = parts.length <= 4 && parts.every((part) => /^\d{1,9}$/.test(part));
  return isShort ? [...parts.map(Number), 0, 0, 0].slice(0, 4).join('.') : address;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/** The prefix length that a number, a netmask or a host mask means. */
function readLength(text: string, version: IpVersion): number | undefined {
  if (/^\+?\d{1,4}$/.test(text)) return Number(text);
  if (versionOf(text) !== version) return undefined;
  const lengths = Array.from({ length: WIDTH[version] + 1 }, (_, length) => length);
  return lengths.find((length) => isMask(text, version, length));
}

/** Whether the text is the netmask or the host mask of a prefix length. */
function isMask(text: string, version: IpVersion, length: number): boolean {
  const everything = parsePrefix(version === 4 ? '0.0.0.0/0' : '::/0')?.last ?? 0n;
  const host = everything >> BigInt(length);
  const value = parsePrefix(text)?.first;
  return value === (everything ^ host) || value === host;
}
