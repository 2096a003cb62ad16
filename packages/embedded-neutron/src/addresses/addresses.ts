import { Address4, Address6 } from 'ip-address';

/** A version of the Internet Protocol. */
export type IpVersion = 4 | 6;

/** An IP prefix as numbers, so that both versions share one arithmetic. `first` is the network address. */
export interface Prefix {
  readonly version: IpVersion;
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** An inclusive range of addresses. */
export interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

/** The version of an address without prefix length, or undefined if the text is not an address. */
export function versionOf(address: string): IpVersion | undefined {
  if (address.includes('/')) return undefined;
  if (Address4.isValid(address)) return 4;
  return Address6.isValid(address) && !address.includes('%') ? 6 : undefined;
}

/** An address as a number. Throws if {@link versionOf} does not accept the text. */
export function toNumber(address: string): bigint {
  return versionOf(address) === 4 ? new Address4(address).bigInt() : new Address6(address).bigInt();
}

/** The canonical text of an address: dotted quad, or RFC 5952 for IPv6. */
export function toText(value: bigint, version: IpVersion): string {
  if (version === 6) return Address6.fromBigInt(value).correctForm();
  // The choice of an address converts many candidates.
  const number = Number(value);
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

/** The canonical text of an address. Returns any other text as it is. */
export function canonical(address: string): string {
  const version = versionOf(address);
  return version === undefined ? address : toText(toNumber(address), version);
}

/** Reads `address/length` and clears the host bits. Undefined if the text is not a prefix. */
export function parsePrefix(cidr: string): Prefix | undefined {
  const slash = cidr.indexOf('/');
  const address = slash < 0 ? cidr : cidr.slice(0, slash);
  const version = versionOf(address);
  if (version === undefined) return undefined;
  const bits = bitsOf(version);
  const lengthText = slash < 0 ? String(bits) : cidr.slice(slash + 1);
  if (!/^\d{1,3}$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  if (length > bits) return undefined;
  const hostMask = (1n << BigInt(bits - length)) - 1n;
  const value = toNumber(address);
  const first = value & ~hostMask;
  return { version, length, first, last: first | hostMask };
}

/** The canonical text of a prefix. */
export function prefixText(prefix: Prefix): string {
  return `${toText(prefix.first, prefix.version)}/${prefix.length}`;
}

/** Whether an address lies in a prefix of the same version. */
export function contains(prefix: Prefix, address: string): boolean {
  if (versionOf(address) !== prefix.version) return false;
  const value = toNumber(address);
  return value >= prefix.first && value <= prefix.last;
}

/** Whether two prefixes share an address. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/**
 * The addresses that a host can have. IPv4: all but the network and broadcast address, which hosts can have
 * only in a /31 or /32 (RFC 3021). IPv6: all but the subnet-router anycast address (RFC 4291 section 2.6.1).
 * If there is only one address, a host can have it.
 */
export function hostRange(prefix: Prefix): Range {
  const size = prefix.last - prefix.first + 1n;
  if (size === 1n || (size === 2n && prefix.version === 4)) return { start: prefix.first, end: prefix.last };
  if (prefix.version === 6) return { start: prefix.first + 1n, end: prefix.last };
  return { start: prefix.first + 1n, end: prefix.last - 1n };
}

/** The address of a MAC in a /64, with a modified EUI-64 interface identifier (RFC 4291 appendix A). */
export function slaacAddress(prefix: Prefix, mac: string): string {
  const bytes = mac.split(':').map((byte) => Number.parseInt(byte, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const identifier = [a ^ 2, b, c, 0xff, 0xfe, d, e, f].reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return toText(prefix.first | identifier, 6);
}

/** The mask of a prefix in Nova's form: 255.255.255.0 for IPv4, ffff:ffff:: for IPv6. */
export function netmask(cidr: string): string {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined) return '';
  const bits = BigInt(bitsOf(prefix.version));
  const host = (1n << (bits - BigInt(prefix.length))) - 1n;
  return toText(((1n << bits) - 1n) & ~host, prefix.version);
}

/** The number of bits of an address. */
function bitsOf(version: IpVersion): 32 | 128 {
  return version === 4 ? 32 : 128;
}
