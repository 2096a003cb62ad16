import { findNetwork } from '../clients/neutron/networks.ts';
import type { Engine } from '../nics/engine.ts';
import type { NicPool } from '../nics/pool.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { drainPool } from '../pools/drain-pool.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { DRAINED_BY_HAND, type PoolView } from './types.ts';

export function viewPools(engine: Engine): PoolView[] {
  return engine.pools.all().map((pool) => viewPool(engine, pool));
}

/**
 * Fills the pools of a network to `count` or to their high marks. If the network has no pool, creates one. If
 * a pool cannot be filled, still fills the others.
 * @param network name or id
 * @throws the error of the first pool that could not be filled
 */
export async function fillPools(engine: Engine, network: string, count?: number): Promise<PoolView[]> {
  const known = poolsOf(engine, network);
  const pools = known.length > 0 ? known : [engine.pools.of(await findNetwork(engine.neutron, network))];
  const failures: unknown[] = [];
  for (const pool of pools) {
    pool.lastUsed = steadyNow();
    await fillPool(engine, pool, count ?? pool.marks.high).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return pools.map((pool) => viewPool(engine, pool));
}

/**
 * Deletes the warm NICs of a network. Its pools stay empty until a container needs a NIC.
 * @param network name or id; undefined: all networks
 */
export async function drainPools(engine: Engine, network?: string): Promise<PoolView[]> {
  const pools = network === undefined ? engine.pools.all() : poolsOf(engine, network);
  // A network without a pool has nothing to drain, but a misspelt one is a mistake.
  if (network !== undefined && pools.length === 0) await findNetwork(engine.neutron, network);
  for (const pool of pools) {
    pool.holdEmpty(DRAINED_BY_HAND);
    await drainPool(engine, pool);
  }
  return pools.map((pool) => viewPool(engine, pool));
}

function poolsOf(engine: Engine, nameOrId: string): NicPool[] {
  return engine.pools
    .all()
    .filter(({ target: { network } }) => network.id === nameOrId || network.name === nameOrId);
}

function viewPool(engine: Engine, pool: NicPool): PoolView {
  const { network, subnets, securityGroups } = pool.target;
  const { low, high } = pool.marks;
  const claimed = engine.nics
    .onNetwork(network.id)
    .filter((nic) => nic.state === 'claimed' && engine.pools.get(nic.target) === pool);
  return {
    network: network.name || network.id,
    networkId: network.id,
    subnets: subnets.map(({ cidr }) => cidr),
    ...(securityGroups ? { securityGroups } : {}),
    warm: pool.warm,
    making: pool.making,
    claimed: claimed.length,
    low,
    high,
    ...(pool.pause && pool.pause.until > steadyNow() ? { paused: pool.pause.why } : {}),
  };
}
