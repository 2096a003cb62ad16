import { AgentClient } from '../../api/client.ts';
import type { PoolView } from '../../api/types.ts';
import { requireRoot, type Settings } from '../settings.ts';
import { table } from './table.ts';

/** What all `ovn-docker pool` commands print. */
export interface PoolOptions {
  readonly json?: boolean;
}

/** `ovn-docker pool list`: the warm NICs of each network. */
export function listPools(settings: Settings, options: PoolOptions): Promise<void> {
  return show(settings, options, (agent) => agent.pools());
}

/** `ovn-docker pool fill NETWORK`: makes NICs now, up to `count` or to the high mark. */
export function fillPool(
  settings: Settings,
  network: string,
  options: PoolOptions & { count?: number },
): Promise<void> {
  return show(settings, options, (agent) => agent.fillPool(network, options.count));
}

/** `ovn-docker pool drain [NETWORK]`: takes the warm NICs away, until containers ask for some again. */
export function drainPool(
  settings: Settings,
  network: string | undefined,
  options: PoolOptions,
): Promise<void> {
  return show(settings, options, (agent) => agent.drainPool(network));
}

async function show(
  settings: Settings,
  { json }: PoolOptions,
  ask: (agent: AgentClient) => Promise<PoolView[]>,
): Promise<void> {
  requireRoot('pool');
  await using agent = new AgentClient(settings.config.socket);
  const pools = await ask(agent);
  if (json) {
    process.stdout.write(`${JSON.stringify(pools)}\n`);
    return;
  }
  const rows = pools.map(({ network, subnets, warm, making, claimed, low, high, paused }) => [
    network,
    subnets.join(','),
    String(warm),
    String(making),
    String(claimed),
    `${low}..${high}`,
    paused ?? '-',
  ]);
  process.stdout.write(table(['NETWORK', 'SUBNETS', 'WARM', 'MAKING', 'IN USE', 'MARKS', 'PAUSED'], rows));
}
