import { randomInt } from 'node:crypto';
import type { Range } from './addresses.ts';

/** How far beyond the used addresses a choice may reach: keeps IPv6 addresses short and spreads IPv4 reuse. */
const WINDOW = 4096n;

/**
 * Picks a free address from the pools: a random place in the first pool that has room, then the next free one, with
 * wrap-around. Random, so that an address just given back rests a while and peers' ARP entries for it can die.
 *
 * @param pools inclusive ranges, in the order in which they are to be filled
 * @param isUsed whether an address is taken
 * @param usedCount an upper bound of how many addresses are taken, so that the search always ends
 * @returns undefined when every address of every pool is taken
 */
export function pickAddress(
  pools: readonly Range[],
  isUsed: (address: bigint) => boolean,
  usedCount: number,
): bigint | undefined {
  for (const pool of pools) {
    const size = pool.end - pool.start + 1n;
    const reach = WINDOW + BigInt(usedCount);
    const window = size < reach ? size : reach;
    const offset = BigInt(randomInt(Number(window)));
    for (let step = 0n; step < window; step += 1n) {
      const candidate = pool.start + ((offset + step) % window);
      if (!isUsed(candidate)) return candidate;
    }
  }
  return undefined;
}

/** The usable range without the given address: what Neutron takes as allocation pools when none are given. */
export function poolsWithout(range: Range, excluded: bigint | undefined): Range[] {
  if (excluded === undefined || excluded < range.start || excluded > range.end) return [range];
  return [
    { start: range.start, end: excluded - 1n },
    { start: excluded + 1n, end: range.end },
  ].filter((pool) => pool.start <= pool.end);
}

/** A MAC address with the given prefix of three octets that is not taken. */
export function pickMac(base: string, isUsed: (mac: string) => boolean): string {
  for (;;) {
    const suffix = randomInt(1 << 24)
      .toString(16)
      .padStart(6, '0');
    const mac = `${base}:${suffix.slice(0, 2)}:${suffix.slice(2, 4)}:${suffix.slice(4)}`;
    if (!isUsed(mac)) return mac;
  }
}
