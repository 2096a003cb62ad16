import { setImmediate } from 'node:timers/promises';
import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { lost } from '../../test/support/fake-neutron.ts';
import { createWorld } from '../../test/support/world.ts';
import { attach } from '../attach/attach.ts';
import { readClaim } from '../nics/claim-notes.ts';
import { interfaceNames } from '../nics/names.ts';
import { drainPool } from '../pools/drain-pool.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { acquire } from './acquire.ts';
import { finish } from './finish.ts';
import { release, retryReleases } from './release.ts';

const NOTHING = { ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 };

async function withWarm(count: number, high = 8) {
  const world = createWorld({ marks: { high } });
  await fillPool(world.engine, world.pool, count);
  world.neutron.calls.length = 0;
  return world;
}
type World = Awaited<ReturnType<typeof withWarm>>;

const claimOne = ({ pool, engine }: World, label = 'a') =>
  acquire(engine, { pool, wants: { name: '' }, claim: { label } });
const claimOnRow = ({ vmSwitch }: World, vlan = 0) =>
  readClaim(vmSwitch.port(interfaceNames(vlan).vmEnd)?.externalIds ?? {});

it('a warm NIC is claimed without a single call of Neutron, and waits for none when it is given back', async () => {
  const world = await withWarm(2);
  const nic = await claimOne(world);
  expect([nic.state, claimOnRow(world, nic.vlan)?.label, world.pool.warm]).toEqual(['claimed', 'a', 1]);
  expect(world.neutron.calls).toEqual([]);
  const held = world.neutron.hold('ports.all');
  await finish(world.engine, nic);
  expect([nic.state, claimOnRow(world, nic.vlan), world.pool.warm]).toEqual(['making', undefined, 1]);
  held.open();
  await world.pool.whenMade();
  expect([nic.state, world.pool.warm]).toEqual(['warm', 2]);
  expect(world.neutron.calls).toEqual(['ports.all']);
});

/** Four that come back, while Neutron is being asked for the first of them. */
async function fourComeBack() {
  const world = await withWarm(4);
  const nics = await Promise.all(['a', 'b', 'c', 'd'].map((label) => claimOne(world, label)));
  const held = world.neutron.hold('ports.all');
  const [first, ...others] = nics;
  if (first) await finish(world.engine, first);
  await held.arrived;
  await Promise.all(others.map((nic) => finish(world.engine, nic)));
  return { world, nics, held };
}

it('those that come back while Neutron is asked are asked for together', async () => {
  const { world, held } = await fourComeBack();
  held.open();
  await world.pool.whenMade();
  expect([world.pool.warm, world.neutron.calls]).toEqual([4, ['ports.all', 'ports.all']]);
});

it('who finds the pool empty while a NIC comes back gets that one', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world, 'a');
  const held = world.neutron.hold('ports.all');
  await finish(world.engine, nic);
  const next = claimOne(world, 'b');
  held.open();
  expect([await next, world.books().ports]).toEqual([nic, 1]);
});

it('as many wait as come back, each for one; one more than that is made', async () => {
  const { world, nics, held } = await fourComeBack();
  const next = Promise.all(['e', 'f', 'g', 'h', 'i'].map((label) => claimOne(world, label)));
  held.open();
  const got = await next;
  expect([nics.every((nic) => got.includes(nic)), new Set(got).size, world.books().ports]).toEqual([
    true,
    5,
    5,
  ]);
});

it('who wants the address of one that comes back gets that one', async () => {
  const world = await withWarm(2);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  const held = world.neutron.hold('ports.all');
  for (const nic of nics) await finish(world.engine, nic);
  const [, wanted] = nics;
  const addresses = wanted?.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
  const next = acquire(world.engine, {
    pool: world.pool,
    wants: { name: '', addresses },
    claim: { label: 'c' },
  });
  held.open();
  expect([await next, world.books().ports]).toEqual([wanted, 2]);
});

it('for the removal of one that cannot be used again nobody waits who needs one', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world, 'a');
  world.neutron.ports.set(nic.port?.id ?? '', { ...nic.port, security_groups: ['web-id'] } as Port);
  const removing = world.neutron.hold('ports.delete');
  await finish(world.engine, nic);
  const next = await claimOne(world, 'b');
  expect([next === nic, nic.state]).toEqual([false, 'draining']);
  removing.open();
  await world.pool.whenMade();
  expect(world.books().ports).toBe(1);
});

it('12. one whose port somebody changed while it was in use goes when it comes back; so does one whose port is gone', async () => {
  const world = await withWarm(3);
  const [changed, gone, fine] = [
    await claimOne(world, 'a'),
    await claimOne(world, 'b'),
    await claimOne(world, 'c'),
  ];
  const { client, ports } = world.neutron;
  await client.ports.update(changed.port?.id ?? '', { security_groups: ['web-id'] });
  ports.delete(gone.port?.id ?? '');
  for (const nic of [changed, gone, fine]) await finish(world.engine, nic);
  await world.pool.whenMade();
  expect([world.pool.warm, world.pool.take(), world.books().ports]).toEqual([1, fine, 1]);
});

it('when Neutron does not answer, one that comes back is used again', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  world.neutron.away = lost('not-sent');
  await finish(world.engine, nic);
  await world.pool.whenMade();
  expect(nic.state).toBe('warm');
});

it('14. a warm NIC goes through all stages without a single call of Neutron, in trunk mode too', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  await attach([nic], world.vm, 'plug port');
  expect(world.neutron.calls).toEqual([]);
  // Somebody took it out of the trunk: when that was seen, it is added again.
  world.neutron.subports.clear();
  await world.vm.parentLinks.subports();
  await attach([nic], world.vm, 'plug port');
  expect(world.books().subports).toBe(1);
});

it('two that come back at once do not fill the pool beyond its mark', async () => {
  const world = await withWarm(3, 3);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  await fillPool(world.engine, world.pool, 2);
  await Promise.all(nics.map((nic) => finish(world.engine, nic)));
  expect([world.pool.warm, world.pool.making, world.books().ports]).toEqual([3, 0, 3]);
});

it('one whose pair went with its namespace gets a new one, and nobody gets it before', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  world.links.deleteLink(interfaceNames(nic.vlan ?? 0).vmEnd);
  await finish(world.engine, nic);
  expect([world.pool.warm, world.pool.making]).toEqual([0, 1]);
  await world.pool.whenMade();
  expect([world.pool.take(), world.pool.making, world.books().links]).toEqual([nic, 0, 1]);
  expect(claimOnRow(world, nic.vlan)).toBeUndefined();
});

it.each(['annotate of a claim', 'annotate of a return'])(
  'the switch fails at the %s: the NIC goes, whole',
  async (at) => {
    const world = await withWarm(1);
    if (at === 'annotate of a claim') {
      world.vmSwitch.failure = new Error('no switch');
      await expect(claimOne(world)).rejects.toThrow('no switch');
      // It was nobody's fault but the moment's: the NIC is warm again.
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

it('12. one whose port somebody changed is not used again; 24. nor one whose pool is gone', async () => {
  const world = await withWarm(2);
  const [spent, homeless] = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  spent.isSpent = true;
  await finish(world.engine, spent);
  world.engine.pools.remove(world.pool);
  await finish(world.engine, homeless);
  expect(world.books()).toEqual(NOTHING);
});

it('23. one that has lost an address to another container is not used again', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  if (nic.port) nic.port = { ...nic.port, fixed_ips: [] };
  await finish(world.engine, nic);
  expect(world.books()).toEqual(NOTHING);
});

it('24. a pool that is removed while a NIC is on its way back takes that along', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  world.links.deleteLink(interfaceNames(nic.vlan ?? 0).vmEnd);
  await finish(world.engine, nic);
  world.engine.pools.remove(world.pool);
  await drainPool(world.engine, world.pool);
  expect(world.books()).toEqual(NOTHING);
});

it('4. what is on its way out is not attached again: nobody would remove what that makes', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  await release(world.engine, nic);
  await expect(attach([nic], world.vm, 'plug port')).rejects.toMatchObject({ code: 'E_NIC_UNKNOWN' });
  expect(world.books()).toEqual(NOTHING);
});

it('4. a VLAN is free when Neutron has confirmed that its port is gone, not before', async () => {
  const world = await withWarm(2);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  world.neutron.away = lost('not-sent');
  await release(world.engine, nics);
  expect(world.books()).toMatchObject({ rows: 0, links: 0, vlans: 2 });
  const before = world.neutron.calls.length;
  await retryReleases(world.engine);
  // One look is enough to see that nobody answers.
  expect(world.neutron.calls.length - before).toBe(1);
  world.neutron.away = undefined;
  await retryReleases(world.engine);
  expect(world.books()).toEqual(NOTHING);
});

it('one that cannot be removed does not keep the others', async () => {
  const world = await withWarm(2);
  const nics = [await claimOne(world, 'a'), await claimOne(world, 'b')];
  const { client } = world.neutron;
  const stuck = nics[0]?.port?.id;
  Object.assign(nics[0] ?? {}, {
    neutron: {
      ...client,
      ports: { ...client.ports, delete: () => Promise.reject(new Error(`stuck ${stuck}`)) },
    },
  });
  await release(world.engine, nics);
  await retryReleases(world.engine);
  expect([...world.neutron.ports.keys(), world.engine.draining.size, world.vm.vlans.used]).toEqual([
    stuck,
    1,
    1,
  ]);
});

it('a release that is under way is not begun a second time', async () => {
  const world = await withWarm(1);
  const nic = await claimOne(world);
  const held = world.neutron.hold('ports.delete');
  const releasing = release(world.engine, nic);
  await held.arrived;
  const before = world.neutron.calls.length;
  await retryReleases(world.engine);
  await setImmediate();
  expect(world.neutron.calls.length).toBe(before);
  held.open();
  await releasing;
  expect(world.books()).toEqual(NOTHING);
});

it('7. a POST that was carried out though its answer was lost makes no second port', async () => {
  const world = createWorld();
  world.neutron.fail('ports.create', lost(), { isCarriedOut: true });
  const nic = await claimOne(world);
  expect([nic.port?.id, world.books()]).toEqual([
    [...world.neutron.ports.keys()][0],
    { ports: 1, subports: 1, rows: 1, links: 1, vlans: 1, nics: 1 },
  ]);
});

it('a cold attach that fails leaves nothing, or what cannot be taken back for later', async () => {
  const world = createWorld();
  world.vmSwitch.failure = new Error('no switch');
  await expect(claimOne(world)).rejects.toThrow('no switch');
  expect(world.books()).toEqual(NOTHING);
  const held = world.neutron.hold('trunks.addSubports');
  const failing = expect(claimOne(world)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  await held.arrived;
  world.neutron.away = lost();
  held.open();
  await failing;
  expect(world.books()).toMatchObject({ ports: 1, vlans: 1, nics: 1 });
  world.neutron.away = undefined;
  await retryReleases(world.engine);
  expect(world.books()).toEqual(NOTHING);
});
