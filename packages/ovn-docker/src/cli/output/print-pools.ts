import type { PoolView } from '../../api/types.ts';
import { table } from './table.ts';

/** The pools as a table, or as JSON. */
export function printPools(pools: readonly PoolView[], json = false): string {
  if (json) return `${JSON.stringify(pools)}\n`;
  const rows = pools.map(({ network, subnets, warm, making, claimed, low, high, paused }) => [
    network,
    subnets.join(','),
    String(warm),
    String(making),
    String(claimed),
    `${low}..${high}`,
    paused ?? '-',
  ]);
  return table(['NETWORK', 'SUBNETS', 'WARM', 'MAKING', 'IN USE', 'MARKS', 'PAUSED'], rows);
}
