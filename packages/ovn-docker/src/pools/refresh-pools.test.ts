import { expect, it } from 'vitest';
import { booksOf, createWorld, subnetOf } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { fillPool } from './fill-pool.ts';
import { refreshPools } from './refresh-pools.ts';

const NOTHING = booksOf(0);

async function withNics() {
  const subnets = [subnetOf('v4', '10.0.0.0/24'), subnetOf('v6', 'fd00::/64', { ip_version: 6 })];
  const world = createWorld({ subnets });
  await fillPool(world.engine, world.pool, 2);
  const used = await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label: 'l' } });
  return { ...world, used };
}

it.each(['networks', 'subnets'] as const)(
  'scenario 12: if one of the %s is deleted, its pool is removed and claimed NICs stay',
  async (resource) => {
    const { neutron, engine, used, books } = await withNics();
    neutron[resource].pop();
    await refreshPools(engine);
    expect([engine.pools.all(), used.state, books().ports]).toEqual([[], 'claimed', 1]);
    await finish(engine, used);
    expect(books()).toEqual(NOTHING);
  },
);

it('updates the network of the pool and of its NICs', async () => {
  const { neutron, engine, pool } = await withNics();
  const [network] = neutron.networks;
  if (network) neutron.networks.splice(0, 1, { ...network, name: 'renamed' });
  await refreshPools(engine);
  expect([pool.target.network.name, engine.nics.all().map(({ target }) => target.network.name)]).toEqual([
    'renamed',
    ['renamed', 'renamed'],
  ]);
});
