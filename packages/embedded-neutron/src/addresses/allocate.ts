import { randomInt } from 'node:crypto';
import type { Range } from './addresses.ts';

/**
 * The search considers this many addresses, and {@link WINDOW_PER_USED} for each one in use. A small number
 * keeps IPv6 addresses short; a large number delays the reuse of freed addresses and leaves each replica
 * enough of those that it prefers.
 */
const WINDOW = 4096n;
const WINDOW_PER_USED = 8n;
/** The number of free values that are passed over in search of a preferred one. */
const MAX_PASSED = 24;

/**
 * Picks a free address from the first allocation pool that has one: the first free address after a random
 * start, with wrap-around. The start is random so that a freed address is rarely reused while neighbours
 * still have it in their ARP caches.
 *
 * @param allocationPools inclusive ranges, in the order in which they are filled
 * @param isUsed whether an address is in use
 * @param usedCount the number of used addresses, or more; with less, the search may miss a free address
 * @param isPreferred whether a free address is taken before others; asked only while free ones abound
 * @returns undefined if every address of every pool is in use
 */
export function pickAddress(
  allocationPools: readonly Range[],
  isUsed: (address: bigint) => boolean,
  usedCount: number,
  isPreferred: (address: bigint) => boolean = () => true,
): bigint | undefined {
  for (const pool of allocationPools) {
    const size = pool.end - pool.start + 1n;
    const reach = WINDOW + WINDOW_PER_USED * BigInt(usedCount);
    const window = size < reach ? size : reach;
    const offset = BigInt(randomInt(Number(window)));
    let free: bigint | undefined;
    let passed = 0;
    for (let step = 0n; step < window; step += 1n) {
      const candidate = pool.start + ((offset + step) % window);
      if (isUsed(candidate)) continue;
      if (isPreferred(candidate)) return candidate;
      free ??= candidate;
      passed += 1;
      if (passed >= MAX_PASSED) break;
    }
    if (free !== undefined) return free;
  }
  return undefined;
}

/** Removes one address from a range. Neutron's default allocation pools exclude only the gateway. */
export function rangesWithout(range: Range, excluded: bigint | undefined): Range[] {
  if (excluded === undefined || excluded < range.start || excluded > range.end) return [range];
  return [
    { start: range.start, end: excluded - 1n },
    { start: excluded + 1n, end: range.end },
  ].filter(({ start, end }) => start <= end);
}

/** Picks an unused MAC address with the given first three octets, if possible a preferred one. */
export function pickMac(
  base: string,
  isUsed: (mac: string) => boolean,
  isPreferred: (mac: string) => boolean = () => true,
): string {
  for (let passed = 0; ; passed++) {
    const suffix = randomInt(1 << 24)
      .toString(16)
      .padStart(6, '0');
    const mac = `${base}:${suffix.slice(0, 2)}:${suffix.slice(2, 4)}:${suffix.slice(4)}`;
    if (!isUsed(mac) && (passed >= MAX_PASSED || isPreferred(mac))) return mac;
  }
}
