import { Address4, Address6 } from 'ip-address';
import { OvnDockerError } from '../errors.ts';
import { ipVersionOf } from './ip-version.ts';

/** The parts of a network in CIDR notation. */
export interface Cidr {
  /** In normal form, such as `10.20.0.0/24`. */
  readonly cidr: string;
  readonly version: 4 | 6;
  readonly prefixLength: number;
  /** The address after the network address, which is the usual gateway. */
  readonly firstHost: string;
  /** First and last address as numbers. */
  readonly from: bigint;
  readonly to: bigint;
}

/** @throws OvnDockerError `E_CIDR` when `text` is not a network or has host bits set */
export function parseCidr(text: string): Cidr {
  try {
    const version = ipVersionOf(text);
    const address = parseAddress(text);
    if (!text.includes('/')) throw new Error('no prefix length');
    const start = address.startAddress();
    if (start.bigInt() !== address.bigInt())
      throw new Error(`host bits are set; ${start.correctForm()} has none`);
    const firstHost = start.bigInt() + 1n;
    const host = version === 6 ? Address6.fromBigInt(firstHost) : Address4.fromBigInt(firstHost);
    return {
      cidr: `${start.correctForm()}/${address.subnetMask}`,
      version,
      prefixLength: address.subnetMask,
      firstHost: host.correctForm(),
      from: start.bigInt(),
      to: address.endAddress().bigInt(),
    };
  } catch (error) {
    throw new OvnDockerError('E_CIDR', `"${text}" is not a network: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.version === b.version && a.from <= b.to && b.from <= a.to;
}

/** Whether `outer` contains all addresses of `inner`. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  return outer.version === inner.version && outer.from <= inner.from && inner.to <= outer.to;
}

/** The network of an address with its prefix length: `10.20.0.0/24` for `10.20.0.7/24`. */
export function networkOf(addressWithLength: string): string {
  const address = parseAddress(addressWithLength);
  return `${address.startAddress().correctForm()}/${address.subnetMask}`;
}

/** An address as a number. */
export function addressToNumber(address: string): bigint {
  return parseAddress(address).bigInt();
}

function parseAddress(text: string): Address4 | Address6 {
  return ipVersionOf(text) === 6 ? new Address6(text) : new Address4(text);
}

/** The address with this number, in normal form. */
export function numberToAddress(number: bigint, version: 4 | 6): string {
  return (version === 6 ? Address6.fromBigInt(number) : Address4.fromBigInt(number)).correctForm();
}

/** Whether the network contains the address; false for addresses of the other IP version. */
export function containsAddress(cidr: string, address: string): boolean {
  if (ipVersionOf(cidr) !== ipVersionOf(address)) return false;
  const { from, to } = parseCidr(cidr);
  const number = addressToNumber(address);
  return from <= number && number <= to;
}

/**
 * A /24 of the private ranges (RFC 1918) that overlaps none of `used`. 10.64.0.0/10 comes first: Docker's own
 * defaults are in 172.16.0.0/12 and 192.168.0.0/16, and tenants often use the low end of 10.0.0.0/8.
 * @throws OvnDockerError `E_CIDR` when none is left
 */
export function freePrivateCidr(used: readonly string[]): string {
  const taken = used.map(parseCidr);
  for (let second = 64; second < 128; second++) {
    for (let third = 0; third < 256; third++) {
      const candidate = parseCidr(`10.${second}.${third}.0/24`);
      if (!taken.some((other) => overlaps(other, candidate))) return candidate.cidr;
    }
  }
  throw new OvnDockerError('E_CIDR', 'no free private /24 is left in 10.64.0.0/10', {
    hint: 'name a subnet: --subnet CIDR',
  });
}

/** A /64 of the unique local addresses: fd and a random global ID of 40 bits (RFC 4193 §3.2). */
export function uniqueLocalCidr(): string {
  const random = BigInt(`0x${crypto.randomUUID().replaceAll('-', '').slice(-10)}`);
  return `${numberToAddress(((0xfdn << 40n) | random) << 80n, 6)}/64`;
}

/**
 * The first network of `length` inside `prefixes` that overlaps none of `used`.
 * @throws OvnDockerError `E_CIDR` when none is left
 */
export function freeCidrIn(prefixes: readonly string[], length: number, used: readonly string[]): string {
  const taken = used.map(parseCidr);
  for (const prefix of prefixes.map(parseCidr)) {
    const bits = prefix.version === 6 ? 128 : 32;
    if (length < prefix.prefixLength || length > bits) continue;
    const size = 1n << BigInt(bits - length);
    for (let from = prefix.from; from <= prefix.to; ) {
      const to = from + size - 1n;
      const obstacles = taken.filter(
        (other) => other.version === prefix.version && other.from <= to && from <= other.to,
      );
      if (obstacles.length === 0) return `${numberToAddress(from, prefix.version)}/${length}`;
      // Continue at the first boundary after the last obstacle.
      const last = obstacles.reduce((end, other) => (other.to > end ? other.to : end), to);
      from = prefix.from + ((last - prefix.from) / size + 1n) * size;
    }
  }
  throw new OvnDockerError('E_CIDR', `no free /${length} is left in ${prefixes.join(', ')}`, {
    hint: 'name a smaller subnet of the subnet pool: --subnet CIDR; or use another subnet pool',
  });
}
