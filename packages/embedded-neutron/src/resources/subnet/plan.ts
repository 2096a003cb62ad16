import {
  contains,
  hostRange,
  type Prefix,
  prefixText,
  type Range,
  toNumber,
  toText,
  versionOf,
} from '../../addresses/addresses.ts';
import { rangesWithout } from '../../addresses/allocate.ts';
import { printed } from '../../attributes/python-text.ts';
import { neutronError } from '../../errors.ts';
import type { AllocationPool } from '../../northbound/subnets.ts';

const invalid = (message: string) => neutronError('InvalidInput', message);

/**
 * The gateway of a new subnet: the requested address, null for none, or by default the first address. For
 * IPv6, Neutron uses the subnet-router anycast address.
 *
 * @throws NeutronError InvalidInput, IpamValueInvalid if the default address cannot be a gateway
 */
export function planGateway(prefix: Prefix, requested: string | null | undefined): string | null {
  if (requested !== undefined) {
    if (requested !== null) requireGateway(prefix, requested);
    return requested;
  }
  const first = toText(prefix.version === 6 ? prefix.first : prefix.first + 1n, prefix.version);
  if (isEdge(prefix, first)) throw neutronError('IpamValueInvalid', first, prefixText(prefix));
  return first;
}

/** Checks a requested gateway. It may lie outside the subnet. @throws NeutronError InvalidInput */
export function requireGateway(prefix: Prefix, gateway: string): void {
  requireVersion(prefix.version, gateway, 'gateway_ip');
  if (isEdge(prefix, gateway)) throw invalid('Gateway is not valid on subnet');
}

/** Checks that an address or prefix has the subnet's IP version. @throws NeutronError InvalidInput */
export function requireVersion(version: number, address: string, name: string): void {
  if (versionOf(address.split('/')[0] ?? '') === version) return;
  throw invalid(`${name} '${address}' does not match the ip_version '${version}'`);
}

/** Whether an address is the network or broadcast address of an IPv4 subnet. */
function isEdge(prefix: Prefix, address: string): boolean {
  if (prefix.version !== 4 || !contains(prefix, address)) return false;
  const value = toNumber(address);
  return value === prefix.first || value === prefix.last;
}

/** The allocation pools of a new subnet, by default all host addresses except the gateway. */
export function planPools(
  prefix: Prefix,
  gateway: string | null,
  requested: readonly AllocationPool[] | undefined,
): readonly AllocationPool[] {
  if (requested !== undefined && requested.length > 0) {
    const pools = checkPools(prefix, requested);
    requireOutside(gateway, pools);
    return pools;
  }
  const excluded = gateway !== null && contains(prefix, gateway) ? toNumber(gateway) : undefined;
  const hosts = hostRange(prefix);
  // The only address of a subnet stays in its pool.
  const ranges = hosts.start === hosts.end ? [hosts] : rangesWithout(hosts, excluded);
  const text = (address: bigint) => toText(address, prefix.version);
  return ranges.map(({ start, end }) => ({ start: text(start), end: text(end) }));
}

/**
 * Checks that allocation pools are in the subnet and do not overlap. Returns them by their first address.
 *
 * @throws NeutronError InvalidAllocationPool, OutOfBoundsAllocationPool, OverlappingAllocationPools
 */
export function checkPools(prefix: Prefix, requested: readonly AllocationPool[]): readonly AllocationPool[] {
  const cidr = prefixText(prefix);
  const hosts = hostRange(prefix);
  const pools = requested.map((pool, index) => {
    if (versionOf(pool.start) !== versionOf(pool.end)) throw refusal(printed(pool));
    const range = { start: toNumber(pool.start), end: toNumber(pool.end) };
    if (range.start > range.end) throw refusal(printed(pool));
    if (versionOf(pool.start) !== prefix.version) throw refusal(shown(pool));
    if (range.start < hosts.start || range.end > hosts.end) {
      throw neutronError('OutOfBoundsAllocationPool', shown(pool), cidr);
    }
    return { pool, range, index };
  });
  const ordered = pools.toSorted((a, b) => (a.range.start < b.range.start ? -1 : 1));
  for (const [position, each] of ordered.entries()) {
    const next = ordered[position + 1];
    if (next === undefined || next.range.start > each.range.end) continue;
    const [one, two] = each.index < next.index ? [each, next] : [next, each];
    throw neutronError('OverlappingAllocationPools', shown(one.pool), shown(two.pool), cidr);
  }
  return ordered.map(({ pool }) => pool);
}

/** Checks that no pool contains the gateway. @throws NeutronError GatewayConflictWithAllocationPools */
export function requireOutside(gateway: string | null, pools: readonly AllocationPool[]): void {
  if (gateway === null) return;
  const value = toNumber(gateway);
  const conflict = pools.find(
    (pool) => versionOf(pool.start) === versionOf(gateway) && includes(rangeOf(pool), value),
  );
  if (conflict) throw neutronError('GatewayConflictWithAllocationPools', gateway, shown(conflict));
}

const rangeOf = ({ start, end }: AllocationPool): Range => ({ start: toNumber(start), end: toNumber(end) });
const includes = ({ start, end }: Range, value: bigint): boolean => value >= start && value <= end;
const shown = (pool: AllocationPool): string => `${pool.start}-${pool.end}`;
const refusal = (pool: string) => neutronError('InvalidAllocationPool', pool);
