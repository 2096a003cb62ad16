import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { acquire } from './acquire.ts';
import { finish } from './finish.ts';

const addressOf = (nic: Nic | undefined) => nic?.port?.fixed_ips[0]?.ip_address ?? '';

/** A warm NIC in the network's own pool, another pool on the same subnet, and who asks for that NIC's very address. */
async function scene() {
  const world = createWorld();
  await fillPool(world.engine, world.pool, 1);
  const [nic] = world.engine.nics.all();
  const address = addressOf(nic);
  const other = world.engine.pools.of({ ...world.target, securityGroups: ['web'] });
  const ask = (pool: NicPool) =>
    acquire(world.engine, {
      pool,
      wants: { name: '', addresses: [address] },
      claim: { endpointId: 'e' },
    });
  return { ...world, nic, address, other, ask };
}

it('22. an address that a warm NIC of its own pool has is given with that', async () => {
  const { nic, pool, ask } = await scene();
  expect(await ask(pool)).toBe(nic);
});

it('22. one that a warm NIC of another pool has is taken from that', async () => {
  const { nic, address, pool, other, ask, books } = await scene();
  const given = await ask(other);
  expect([given.port?.security_groups, addressOf(given)]).toEqual([['web'], address]);
  expect([given === nic, pool.warm, books().ports]).toEqual([false, 0, 1]);
});

it('22. one that a NIC has which is just on its way back is waited for', async () => {
  const { nic, address, pool, other, ask, engine, links, books } = await scene();
  const used = await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'l' } });
  links.deleteLink(interfaceNames(used.vlan ?? 0).vmEnd);
  await finish(engine, used);
  expect([used, used.state]).toEqual([nic, 'making']);
  expect(addressOf(await ask(other))).toBe(address);
  expect([pool.warm, pool.making, books().ports]).toEqual([0, 0, 1]);
});

it('22. one that somebody has is not', async () => {
  const { nic, pool, other, ask, engine, neutron } = await scene();
  await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'l' } });
  await expect(ask(other)).rejects.toMatchObject({ code: 'E_ADDRESS_IN_USE' });
  expect([nic?.state, neutron.ports.size]).toEqual(['claimed', 1]);
});
