import {
  canonical,
  contains,
  hostRange,
  type Prefix,
  parsePrefix,
  prefixText,
  toNumber,
  toText,
} from '../../addresses/addresses.ts';
import { rangesWithout } from '../../addresses/allocate.ts';
import { neutronError } from '../../errors.ts';
import { type AllocationPool, isAutoMode } from '../../northbound/subnets.ts';

interface Request {
  readonly cidr: string | undefined;
  readonly ip_version: number | undefined;
  readonly gateway_ip: string | null | undefined;
  readonly allocation_pools: readonly AllocationPool[] | undefined;
  readonly ipv6_ra_mode?: string | null;
  readonly ipv6_address_mode?: string | null;
}

interface Planned {
  readonly prefix: Prefix;
  readonly cidr: string;
  readonly gateway_ip: string | null;
  readonly allocation_pools: readonly AllocationPool[];
}

/**
 * Checks the addresses of a new subnet and fills in defaults. The default gateway is the first address; null
 * means no gateway. The default allocation pools are all other host addresses.
 *
 * @throws NeutronError InvalidInput, BadRequest, OutOfBoundsAllocationPool, InvalidAllocationPool,
 * OverlappingAllocationPools, GatewayConflictWithAllocationPools
 */
export function planSubnet(request: Request): Planned {
  if (request.cidr === undefined) {
    throw neutronError('BadRequest', 'subnets', 'a subnetpool must be specified in the absence of a cidr');
  }
  const prefix = parsePrefix(request.cidr);
  if (prefix === undefined || !request.cidr.includes('/')) {
    throw neutronError('InvalidInput', `${request.cidr} is not in a CIDR format`);
  }
  const version = request.ip_version ?? prefix.version;
  if (version !== prefix.version) {
    throw neutronError('InvalidInput', `cidr '${request.cidr}' does not match the ip_version '${version}'`);
  }
  requireIpv6Modes(prefix, request);
  const gateway = planGateway(prefix, request.gateway_ip);
  const pools = request.allocation_pools
    ? checkPools(prefix, gateway, request.allocation_pools)
    : rangesWithout(hostRange(prefix), gateway === null ? undefined : toNumber(gateway)).map(
        ({ start, end }) => ({
          start: toText(start, prefix.version),
          end: toText(end, prefix.version),
        }),
      );
  return { prefix, cidr: prefixText(prefix), gateway_ip: gateway, allocation_pools: pools };
}

/**
 * Checks that allocation pools are in the subnet, do not overlap and exclude the gateway. Returns them in
 * canonical form.
 */
export function checkPools(
  prefix: Prefix,
  gateway: string | null,
  pools: readonly AllocationPool[],
): AllocationPool[] {
  const cidr = prefixText(prefix);
  const shown = (pool: AllocationPool) => `${pool.start}-${pool.end}`;
  const ordered = pools
    .map(({ start, end }) => ({ start: canonical(start), end: canonical(end) }))
    .sort((a, b) => (toNumber(a.start) < toNumber(b.start) ? -1 : 1));
  for (const [index, pool] of ordered.entries()) {
    if (!contains(prefix, pool.start) || !contains(prefix, pool.end)) {
      throw neutronError('OutOfBoundsAllocationPool', shown(pool), cidr);
    }
    if (toNumber(pool.start) > toNumber(pool.end)) throw neutronError('InvalidAllocationPool', shown(pool));
    const next = ordered[index + 1];
    if (next && toNumber(next.start) <= toNumber(pool.end)) {
      throw neutronError('OverlappingAllocationPools', shown(pool), shown(next), cidr);
    }
    if (
      gateway !== null &&
      toNumber(gateway) >= toNumber(pool.start) &&
      toNumber(gateway) <= toNumber(pool.end)
    ) {
      throw neutronError('GatewayConflictWithAllocationPools', gateway, shown(pool));
    }
  }
  return ordered;
}

/** Checks a gateway address against the subnet. Returns the first address for undefined. */
export function planGateway(prefix: Prefix, requested: string | null | undefined): string | null {
  if (requested === null) return null;
  // For IPv6, Neutron uses the subnet-router anycast address.
  if (requested === undefined)
    return toText(prefix.version === 6 ? prefix.first : hostRange(prefix).start, prefix.version);
  const linkLocal = prefix.version === 6 && requested.toLowerCase().startsWith('fe80:');
  if (!contains(prefix, requested) && !linkLocal) {
    throw neutronError('InvalidInput', 'Gateway is not valid on subnet');
  }
  return canonical(requested);
}

function requireIpv6Modes(prefix: Prefix, request: Request): void {
  const modes = [request.ipv6_ra_mode, request.ipv6_address_mode].filter((mode) => mode != null);
  if (modes.length === 0) return;
  if (prefix.version === 4) {
    throw neutronError('InvalidInput', 'ipv6_ra_mode and ipv6_address_mode are not valid for IPv4 subnets');
  }
  if (modes.length === 2 && modes[0] !== modes[1]) {
    throw neutronError(
      'InvalidInput',
      `ipv6_ra_mode set to '${modes[0]}' with ipv6_address_mode set to '${modes[1]}'`,
    );
  }
  if (isAutoMode(modes[0] ?? null) && prefix.length !== 64) {
    throw neutronError(
      'InvalidInput',
      `Invalid CIDR ${prefixText(prefix)} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`,
    );
  }
}
