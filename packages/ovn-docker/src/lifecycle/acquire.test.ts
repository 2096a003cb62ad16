import { expect, it } from 'vitest';
import { lost } from '../../test/support/fake-neutron.ts';
import { pluggedPort } from '../../test/support/plugged-port.ts';
import { claimOne } from '../../test/support/warm-world.ts';
import { booksOf, createWorld } from '../../test/support/world.ts';
import { interfaceNames } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { NicPool } from '../nics/pool.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { acquire } from './acquire.ts';
import { finish } from './finish.ts';
import { retryReleases } from './release.ts';

const addressOf = (nic: Nic | undefined) => nic?.port?.fixed_ips[0]?.ip_address ?? '';

/** A warm NIC in the target's pool, another pool on the same subnet, and requests for the NIC's address. */
async function scene() {
  const world = createWorld();
  await fillPool(world.engine, world.pool, 1);
  const [nic] = world.engine.nics.all();
  const address = addressOf(nic);
  const other = world.engine.pools.of({ ...world.target, securityGroups: ['web'] });
  const request = (pool: NicPool) =>
    acquire(world.engine, {
      pool,
      wants: { name: '', addresses: [address] },
      claim: { endpointId: 'e' },
    });
  return { ...world, nic, address, other, request };
}

it('scenario 22: a warm NIC of the same pool with the requested address is claimed', async () => {
  const { nic, pool, request } = await scene();
  expect(await request(pool)).toBe(nic);
});

it('scenario 22: a warm NIC of another pool with the requested address is deleted for it', async () => {
  const { nic, address, pool, other, request, books } = await scene();
  const acquired = await request(other);
  expect([acquired.port?.security_groups, addressOf(acquired)]).toEqual([['web'], address]);
  expect([acquired === nic, pool.warm, books().ports]).toEqual([false, 0, 1]);
});

it('scenario 22: the request waits for a returning NIC with the requested address, which is then deleted for it', async () => {
  const { nic, address, pool, other, request, engine, links, books } = await scene();
  const used = await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'l' } });
  links.deleteLink(interfaceNames(used.vlan ?? 0).vmEnd);
  await finish(engine, used);
  expect([used, used.state]).toEqual([nic, 'making']);
  expect(addressOf(await request(other))).toBe(address);
  expect([pool.warm, pool.making, books().ports]).toEqual([0, 0, 1]);
});

it('scenario 22: the address of a claimed NIC is refused with E_ADDRESS_IN_USE', async () => {
  const { nic, pool, other, request, engine, neutron } = await scene();
  await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'l' } });
  await expect(request(other)).rejects.toMatchObject({ code: 'E_ADDRESS_IN_USE' });
  expect([nic?.state, neutron.ports.size]).toEqual(['claimed', 1]);
});

it('scenario 7: a POST whose answer is lost after Neutron created the port creates no second one', async () => {
  const world = createWorld();
  world.neutron.fail('ports.create', lost(), { isCarriedOut: true });
  const nic = await claimOne(world);
  expect([nic.port?.id, world.books()]).toEqual([[...world.neutron.ports.keys()][0], booksOf(1)]);
});

it('scenario 3: a VLAN that another program takes while Neutron creates the port is given up for the next one', async () => {
  const world = createWorld();
  const call = world.neutron.hold('trunks.addSubports');
  const claiming = claimOne(world);
  await call.arrived;
  world.vmSwitch.rows.set('v1', pluggedPort({ name: 'v1', vlan: 1 }));
  call.open();
  expect((await claiming).vlan).toBe(2);
  expect(world.books()).toEqual({ ...booksOf(1), rows: 2, vlans: 2 });
});

it('scenario 3: a NIC whose VLANs other programs keep taking is refused with E_VLAN_SHARED and leaves nothing', async () => {
  const world = createWorld();
  // The other program takes each VLAN when the agent makes the veth pair.
  let taken = 0;
  world.links.createVeth = ((create) => (pair: Parameters<typeof create>[0]) => {
    taken = Number(pair.name.replace('ovn-', ''));
    world.vmSwitch.rows.set(`v${taken}`, pluggedPort({ name: `v${taken}`, vlan: taken }));
    create.call(world.links, pair);
  })(world.links.createVeth);
  await expect(claimOne(world)).rejects.toMatchObject({ code: 'E_VLAN_SHARED' });
  expect([taken, world.books()]).toEqual([5, { ...booksOf(0), rows: 5, vlans: 5 }]);
});

it('a failed cold attach leaves nothing, or drains later what it cannot undo now', async () => {
  const world = createWorld();
  world.vmSwitch.failure = new Error('no switch');
  await expect(claimOne(world)).rejects.toThrow('no switch');
  expect(world.books()).toEqual(booksOf(0));
  const call = world.neutron.hold('trunks.addSubports');
  const failing = expect(claimOne(world)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  await call.arrived;
  world.neutron.away = lost();
  call.open();
  await failing;
  expect(world.books()).toMatchObject({ ports: 1, vlans: 1, nics: 1 });
  world.neutron.away = undefined;
  await retryReleases(world.engine);
  expect(world.books()).toEqual(booksOf(0));
});
