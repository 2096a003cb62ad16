import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import { drainPool } from './drain-pool.ts';

/**
 * Brings what the pools know of their networks and subnets up to date: names, MTU, gateways, host routes and name servers
 * may change while containers come and go. A pool whose network or a subnet of which is gone goes too. Two requests in all.
 */
export async function refreshPools(engine: Engine): Promise<void> {
  const pools = engine.pools.all();
  if (pools.length === 0) return;
  const ids = [...new Set(pools.map(({ target }) => target.network.id))];
  const [networks, subnets] = await Promise.all([
    explained(engine.neutron.networks.all({ id: ids })),
    explained(engine.neutron.subnets.all({ network_id: ids })),
  ]);
  for (const pool of pools) {
    // Removed meanwhile: it must not come back.
    if (!pool.isOpen) continue;
    const network = networks.find(({ id }) => id === pool.target.network.id);
    if (!network) {
      engine.pools.remove(pool);
      await drainPool(engine, pool);
      continue;
    }
    const current = pool.target.subnets.map(({ id }) => subnets.find((subnet) => subnet.id === id));
    const subnetsNow = current.filter((subnet) => subnet !== undefined);
    // A pool is known by its subnets: nothing can be made for one that has lost some of them.
    if (subnetsNow.length < current.length) {
      engine.pools.remove(pool);
      await drainPool(engine, pool);
      continue;
    }
    const { target } = engine.pools.of({ ...pool.target, network, subnets: subnetsNow });
    for (const nic of engine.nics.onNetwork(network.id)) {
      if (engine.pools.get(nic.target) === pool) nic.target = target;
    }
  }
}
