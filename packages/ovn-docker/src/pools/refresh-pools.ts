import { fetchNetworks } from '../clients/neutron/networks.ts';
import type { Engine } from '../nics/engine.ts';
import { drainPool } from './drain-pool.ts';

/**
 * Updates what the pools know of their networks and subnets: users can change names, MTU, gateways, host
 * routes and name servers at any time. A pool whose network, or a subnet of it, was deleted is removed and
 * drained. Two requests in all.
 */
export async function refreshPools(engine: Engine): Promise<void> {
  const pools = engine.pools.all();
  const networks = await fetchNetworks(
    engine.neutron,
    pools.map(({ target }) => target.network.id),
  );
  for (const pool of pools) {
    // Removed while Neutron was being asked: `pools.of` would create it again.
    if (!pool.isOpen) continue;
    const found = networks.get(pool.target.network.id);
    const ids = pool.target.subnets.map(({ id }) => id);
    const subnets = ids.flatMap((id) => found?.subnets.find((subnet) => subnet.id === id) ?? []);
    if (!found || subnets.length < ids.length) {
      engine.pools.remove(pool);
      await drainPool(engine, pool);
      continue;
    }
    const { network } = found;
    const { target } = engine.pools.of({ ...pool.target, network, subnets });
    for (const nic of engine.nics.onNetwork(network.id)) {
      if (engine.pools.get(nic.target) === pool) nic.target = target;
    }
  }
}
