import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { lost } from '../../test/support/fake-neutron.ts';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { booksOf, type World } from '../../test/support/world.ts';
import { attach } from '../attach/attach.ts';
import { readClaim } from '../nics/claim-notes.ts';
import { interfaceNames } from '../nics/names.ts';
import { drainPool } from '../pools/drain-pool.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { acquire } from './acquire.ts';
import { finish } from './finish.ts';
import { release } from './release.ts';

const NOTHING = booksOf(0);

const claimOnRow = ({ vmSwitch }: World, vlan = 0) =>
  readClaim(vmSwitch.port(interfaceNames(vlan).vmEnd)?.externalIds ?? {});

it('claiming a warm NIC sends nothing to Neutron, and finishing it does not wait for Neutron', async () => {
  const world = await createWarmWorld(2);
  const nic = await claimOne(world);
  expect([nic.state, claimOnRow(world, nic.vlan)?.label, world.pool.warm]).toEqual(['claimed', 'a', 1]);
  expect(world.neutron.calls).toEqual([]);
  const call = world.neutron.hold('ports.all');
  await finish(world.engine, nic);
  expect([nic.state, claimOnRow(world, nic.vlan), world.pool.warm]).toEqual(['making', undefined, 1]);
  call.open();
  await world.pool.whenMade();
  expect([nic.state, world.pool.warm]).toEqual(['warm', 2]);
  expect(world.neutron.calls).toEqual(['ports.all']);
});

/** Four NICs return; Neutron has not answered yet about the first of them. */
async function fourReturn() {
  const world = await createWarmWorld(4);
  const nics = await Promise.all(['a', 'b', 'c', 'd'].map((label) => claimOne(world, label)));
  const call = world.neutron.hold('ports.all');
  const [first, ...others] = nics;
  if (first) await finish(world.engine, first);
  await call.arrived;
  await Promise.all(others.map((nic) => finish(world.engine, nic)));
  return { world, nics, call };
}

it('NICs that return during a request share the next one', async () => {
  const { world, call } = await fourReturn();
  call.open();
  await world.pool.whenMade();
  expect([world.pool.warm, world.neutron.calls]).toEqual([4, ['ports.all', 'ports.all']]);
});

it('a container that finds the pool empty while a NIC returns gets that NIC', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world, 'a');
  const call = world.neutron.hold('ports.all');
  await finish(world.engine, nic);
  const next = claimOne(world, 'b');
  call.open();
  expect([await next, world.books().ports]).toEqual([nic, 1]);
});

it('as many containers wait as NICs return; a NIC is made for one more', async () => {
  const { world, nics, call } = await fourReturn();
  const next = Promise.all(['e', 'f', 'g', 'h', 'i'].map((label) => claimOne(world, label)));
  call.open();
  const acquired = await next;
  expect([nics.every((nic) => acquired.includes(nic)), new Set(acquired).size, world.books().ports]).toEqual([
    true,
    5,
    5,
  ]);
});

it('a request for the address of a returning NIC gets that NIC', async () => {
  const world = await createWarmWorld(2);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  const call = world.neutron.hold('ports.all');
  for (const nic of nics) await finish(world.engine, nic);
  const [, second] = nics;
  const addresses = second?.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
  const next = acquire(world.engine, {
    pool: world.pool,
    wants: { name: '', addresses },
    claim: { label: 'c' },
  });
  call.open();
  expect([await next, world.books().ports]).toEqual([second, 2]);
});

it('a container does not wait until a NIC that cannot be reused is deleted', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world, 'a');
  world.neutron.ports.set(nic.port?.id ?? '', { ...nic.port, security_groups: ['web-id'] } as Port);
  const deleteCall = world.neutron.hold('ports.delete');
  await finish(world.engine, nic);
  const next = await claimOne(world, 'b');
  expect([next === nic, nic.state]).toEqual([false, 'draining']);
  deleteCall.open();
  await world.pool.whenMade();
  expect(world.books().ports).toBe(1);
});

it('scenario 12: a returned NIC whose port was changed or deleted in use is deleted', async () => {
  const world = await createWarmWorld(3);
  const [changed, deleted, unchanged] = [
    await claimOne(world, 'a'),
    await claimOne(world, 'b'),
    await claimOne(world, 'c'),
  ];
  const { client, ports } = world.neutron;
  await client.ports.update(changed.port?.id ?? '', { security_groups: ['web-id'] });
  ports.delete(deleted.port?.id ?? '');
  for (const nic of [changed, deleted, unchanged]) await finish(world.engine, nic);
  await world.pool.whenMade();
  expect([world.pool.warm, world.pool.take(), world.books().ports]).toEqual([1, unchanged, 1]);
});

it('when Neutron does not answer, a returned NIC is reused', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  world.neutron.away = lost('not-sent');
  await finish(world.engine, nic);
  await world.pool.whenMade();
  expect(nic.state).toBe('warm');
});

it('scenario 14: running all stages on a warm NIC sends nothing to Neutron, in trunk mode too', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  await attach([nic], world.vm, 'plug port');
  expect(world.neutron.calls).toEqual([]);
  // Another program removes the subport: once the agent has seen that, the stage adds it again.
  world.neutron.subports.clear();
  await world.vm.parentLinks.subports();
  await attach([nic], world.vm, 'plug port');
  expect(world.books().subports).toBe(1);
});

it('two NICs that return at once do not fill the pool above its high mark', async () => {
  const world = await createWarmWorld(3, 3);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  await fillPool(world.engine, world.pool, 2);
  await Promise.all(nics.map((nic) => finish(world.engine, nic)));
  expect([world.pool.warm, world.pool.making, world.books().ports]).toEqual([3, 0, 3]);
});

it('a NIC whose pair was deleted with its namespace gets a new pair before it is warm', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  world.links.deleteLink(interfaceNames(nic.vlan ?? 0).vmEnd);
  await finish(world.engine, nic);
  expect([world.pool.warm, world.pool.making]).toEqual([0, 1]);
  await world.pool.whenMade();
  expect([world.pool.take(), world.pool.making, world.books().links]).toEqual([nic, 0, 1]);
  expect(claimOnRow(world, nic.vlan)).toBeUndefined();
});

it.each(['claim', 'return'])(
  'if the switch fails when the agent writes a %s, no half-made NIC is left',
  async (moment) => {
    const world = await createWarmWorld(1);
    if (moment === 'claim') {
      world.vmSwitch.failure = new Error('no switch');
      await expect(claimOne(world)).rejects.toThrow('no switch');
      // The NIC itself is complete: it is warm again.
      expect([world.pool.warm, world.pool.making]).toEqual([1, 0]);
      await drainPool(world.engine, world.pool);
    } else {
      const nic = await claimOne(world);
      world.vmSwitch.failure = new Error('no switch');
      await finish(world.engine, nic);
      await world.pool.whenMade();
    }
    expect([world.pool.warm, world.pool.making, world.books()]).toEqual([0, 0, NOTHING]);
  },
);

it('scenario 12, scenario 24: neither a spent NIC nor one whose pool was removed is reused', async () => {
  const world = await createWarmWorld(2);
  const [spent, withoutPool] = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  spent.isSpent = true;
  await finish(world.engine, spent);
  world.engine.pools.remove(world.pool);
  await finish(world.engine, withoutPool);
  expect(world.books()).toEqual(NOTHING);
});

it('scenario 23: a NIC that has lost an address to another container is not reused', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  if (nic.port) nic.port = { ...nic.port, fixed_ips: [] };
  await finish(world.engine, nic);
  expect(world.books()).toEqual(NOTHING);
});

it('scenario 24: if a pool is removed and drained while a NIC returns, the NIC is deleted too', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  world.links.deleteLink(interfaceNames(nic.vlan ?? 0).vmEnd);
  await finish(world.engine, nic);
  world.engine.pools.remove(world.pool);
  await drainPool(world.engine, world.pool);
  expect(world.books()).toEqual(NOTHING);
});

it('scenario 4: attach refuses a NIC that is being deleted, because nothing would remove what it creates', async () => {
  const world = await createWarmWorld(1);
  const nic = await claimOne(world);
  await release(world.engine, nic);
  await expect(attach([nic], world.vm, 'plug port')).rejects.toMatchObject({ code: 'E_NIC_UNKNOWN' });
  expect(world.books()).toEqual(NOTHING);
});
