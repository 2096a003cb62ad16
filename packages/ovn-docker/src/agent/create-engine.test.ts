import { describe, expect, it } from 'vitest';
import { addOwnPort, bootAgent } from '../../test/support/booted-agent.ts';
import { lost, refusal } from '../../test/support/fake-neutron.ts';
import { mortal } from '../../test/support/mortal.ts';
import { claimOne, createWarmWorld } from '../../test/support/warm-world.ts';
import { subnetOf, VIF, type World } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { claimNic } from '../networks/claim-nic.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import { poolOf } from '../networks/docker-target.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { recordForBoot } from './record-for-boot.ts';

const NETWORK = { network: 'network-1', subnets: [{ id: 'subnet-1', cidr: '10.0.0.0/24' }], made: false };

/** A VM with a Docker network, `warm` warm NICs and what an agent has recorded; no agent runs. */
async function createScene(warm: number, high = 8): Promise<World> {
  const world = await createWarmWorld(warm, high);
  addOwnPort(world);
  await dockerNetworks.put(world.vm.vmSwitch, 'docker-1', NETWORK);
  return world;
}

/** The VM is rebooted while Neutron is away: its veth pairs are gone. */
async function rebootWithout(world: World, away: Error = lost('not-sent'), marks = {}) {
  await recordForBoot(world.engine);
  for (const name of world.links.byName.keys()) if (name !== 'eth0') world.links.byName.delete(name);
  world.neutron.away = away;
  world.neutron.calls.length = 0;
  return bootAgent(world, marks);
}

const makes = ({ neutron }: World) => neutron.calls.filter((call) => call.startsWith('ports.create'));
const containerPorts = ({ neutron }: World) => [...neutron.ports.keys()].filter((id) => id !== VIF).sort();

/** What dockerd does at the boot: releases the endpoint of before, and asks for an address again. */
async function restartContainer(engine: Engine, endpointId: string, addresses?: string[]) {
  const before = engine.nics.withEndpoint(endpointId);
  if (before) await finish(engine, before);
  const pool = await poolOf(engine, NETWORK);
  const wants = { name: '', ...(addresses ? { addresses } : {}) };
  return claimNic(engine, { pool, wants, claim: { endpointId: `${endpointId}-again` } });
}

describe('scenario 44: a boot while Neutron is away', () => {
  it.each([
    ['refuses connections', lost('not-sent')],
    ['answers 503', refusal(503, 'ServiceUnavailable')],
    ['answers 500', refusal(500, '')],
    ['answers 401', refusal(401, '')],
  ])('Neutron %s: containers have NICs again, and Neutron confirms them later', async (_how, away) => {
    const world = await createScene(3);
    const claimed = await claimOne(world, 'label-1');
    const { engine } = await rebootWithout(world, away);
    const vm = await engine.vm();
    expect([vm.vifId, engine.unconfirmed]).toEqual([VIF, expect.any(String)]);
    const nic = engine.nics.withLabel('label-1');
    expect(nic).toMatchObject({ id: claimed.id, vlan: claimed.vlan, state: 'claimed' });
    expect(nic?.port?.fixed_ips).toEqual(claimed.port.fixed_ips);
    expect(nic?.target.network.mtu).toBe(1442);
    const pool = await poolOf(engine, NETWORK);
    await pool.whenMade();
    expect(pool.warm).toBe(2);
    world.neutron.away = undefined;
    await engine.confirm();
    expect([engine.unconfirmed, makes(world)]).toEqual([undefined, []]);
    expect(nic?.port).toEqual(world.neutron.ports.get(claimed.port.id));
  });

  it('Neutron hangs: the agent goes on without it after its patience', async () => {
    const world = await createScene(1);
    await recordForBoot(world.engine);
    const call = world.neutron.hold('ports.get');
    const { engine } = bootAgent(world);
    await engine.vm();
    expect(engine.unconfirmed).toContain('has not answered');
    call.open();
    await engine.confirm();
    expect(engine.unconfirmed).toBeUndefined();
  });

  it.each([
    ['without warm NICs', 0, 0],
    ['with a full pool', 4, 4],
  ])('%s: as many containers start as before, and no port is made or lost', async (_how, warm, high) => {
    const world = await createScene(warm, high);
    const { engine: earlier, pool } = world;
    for (const endpointId of ['a', 'b', 'c'])
      await acquire(earlier, { pool, wants: { name: '' }, claim: { endpointId } });
    const before = containerPorts(world);
    const { engine } = await rebootWithout(world, lost('not-sent'), { high });
    await engine.vm();
    const nics = [];
    for (const endpointId of ['a', 'b', 'c']) nics.push(await restartContainer(engine, endpointId));
    expect(new Set(nics.map(({ id }) => id)).size).toBe(3);
    expect([makes(world), containerPorts(world)]).toEqual([[], before]);
  });

  it('a container with an address of its own gets the same NIC, and no other container does', async () => {
    const world = await createScene(0);
    const wants = { name: '', addresses: ['10.0.0.77'] };
    const made = await acquire(world.engine, { pool: world.pool, wants, claim: { endpointId: 'e' } });
    const { engine } = await rebootWithout(world);
    await engine.vm();
    const nic = await restartContainer(engine, 'e', ['10.0.0.77']);
    expect([nic.id, nic.claim?.endpointId]).toEqual([made.id, 'e-again']);
    await expect(restartContainer(engine, 'other', ['10.0.0.77'])).rejects.toMatchObject({
      code: 'E_API_UNREACHABLE',
    });
    await expect(restartContainer(engine, 'new')).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  });

  it('nothing new is made before Neutron has confirmed the NICs, and then the next VLAN is free in Neutron', async () => {
    const world = await createScene(1);
    const { engine } = await rebootWithout(world);
    await engine.vm();
    const pool = await poolOf(engine, NETWORK);
    await expect(fillPool(engine, pool, 3)).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
    world.neutron.subports.set('foreign', {
      port_id: 'foreign',
      segmentation_type: 'vlan',
      segmentation_id: 2,
    });
    world.neutron.away = undefined;
    expect(await fillPool(engine, pool, 2)).toBe(1);
    expect(engine.nics.all().map(({ vlan }) => vlan)).toEqual([1, 3]);
  });

  it('without records, as after a wipe of the switch, the agent waits for Neutron', async () => {
    const world = await createScene(1);
    world.neutron.away = lost('not-sent');
    const { engine } = bootAgent(world);
    await expect(engine.vm()).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
    world.neutron.away = undefined;
    expect((await engine.vm()).vifId).toBe(VIF);
  });

  it('records in the database of another VM, whose image this VM has, do not count', async () => {
    const world = await createScene(1);
    await recordForBoot(world.engine);
    addOwnPort(world, 'fa:16:3e:99:00:02');
    world.neutron.away = lost('not-sent');
    const { engine } = bootAgent(world);
    await expect(engine.vm()).rejects.toMatchObject({ code: 'E_API_UNREACHABLE' });
  });

  it('a row that another program has damaged is left out, and found in Neutron later', async () => {
    const world = await createScene(2);
    await recordForBoot(world.engine);
    const [name = ''] = world.vmSwitch.rows.keys();
    await world.vmSwitch.annotate(name, { [rowKeys.port]: '{"ips":7}' });
    world.neutron.away = lost('not-sent');
    const { engine } = bootAgent(world);
    await engine.vm();
    expect(engine.nics.size).toBe(1);
    world.neutron.away = undefined;
    await engine.confirm();
    expect(engine.nics.size).toBe(2);
  });
});

describe('scenario 44: when Neutron answers again', () => {
  it('a deleted port is reported, and the others stay', async () => {
    const world = await createScene(2);
    const claimed = await claimOne(world, 'label-1');
    const { engine } = await rebootWithout(world);
    await engine.vm();
    world.neutron.ports.delete(claimed.port.id);
    world.neutron.subports.delete(claimed.port.id);
    world.neutron.away = undefined;
    await engine.confirm();
    expect(engine.nics.withLabel('label-1')?.port?.id).toBe(claimed.port.id);
    expect(engine.nics.size).toBe(2);
  });

  it('a port with other addresses is not given to another container', async () => {
    const world = await createScene(1);
    const claimed = await claimOne(world, 'label-1');
    const { engine } = await rebootWithout(world);
    await engine.vm();
    const moved = { ...claimed.port, fixed_ips: [{ subnet_id: 'subnet-1', ip_address: '10.0.0.200' }] };
    world.neutron.ports.set(claimed.port.id, moved);
    world.neutron.away = undefined;
    await engine.confirm();
    const nic = engine.nics.withLabel('label-1');
    expect([nic?.isSpent, nic?.port?.fixed_ips]).toEqual([true, claimed.port.fixed_ips]);
  });

  it('a NIC whose VLAN another port has by now is taken down', async () => {
    const world = await createScene(1);
    const claimed = await claimOne(world, 'label-1');
    const { engine } = await rebootWithout(world);
    const vm = await engine.vm();
    world.neutron.subports.clear();
    const theirs = { port_id: 'theirs', segmentation_type: 'vlan', segmentation_id: claimed.vlan } as const;
    world.neutron.subports.set('theirs', theirs);
    world.neutron.away = undefined;
    await engine.confirm();
    expect([engine.nics.size, vm.vmSwitch.ports(), [...world.neutron.subports.values()]]).toEqual([
      0,
      [],
      [theirs],
    ]);
  });

  it('another port of the VM ends this life of the agent', async () => {
    const world = await createScene(1);
    const { engine, otherVm } = await rebootWithout(world);
    await engine.vm();
    world.neutron.ports.set(VIF, { ...world.neutron.ports.get(VIF), id: 'vif-2' } as never);
    world.neutron.away = undefined;
    await expect(engine.confirm()).rejects.toMatchObject({ code: 'E_VIF_NOT_THIS_VM' });
    expect(Object.keys(world.vmSwitch.records())).not.toContain('ovn-docker:vm');
    expect([otherVm(), engine.unconfirmed]).toEqual([1, expect.any(String)]);
  });

  it('containers that were removed meanwhile leave nothing, and NICs beyond the high mark are deleted', async () => {
    const world = await createScene(2, 2);
    const { engine: earlier, pool: before } = world;
    await acquire(earlier, { pool: before, wants: { name: '' }, claim: { endpointId: 'a' } });
    await fillPool(earlier, before);
    const { engine } = await rebootWithout(world, lost('not-sent'), { high: 2 });
    await engine.vm();
    const nic = engine.nics.withEndpoint('a');
    if (nic) await finish(engine, nic);
    const pool = await poolOf(engine, NETWORK);
    await pool.whenMade();
    expect(pool.warm).toBe(3);
    world.neutron.away = undefined;
    await engine.confirm();
    expect([pool.warm, containerPorts(world).length, engine.draining.size]).toEqual([2, 2, 0]);
  });

  it('records of networks that no NIC and no Docker network uses are deleted', async () => {
    const world = await createScene(1);
    const other = {
      ...world.target,
      network: { ...world.target.network, id: 'other' },
      subnets: [subnetOf('o', '10.9.0.0/24')],
    };
    const pool = world.engine.pools.of(other);
    const networks = () =>
      Object.keys(world.vmSwitch.records())
        .filter((key) => key.includes('neutron-'))
        .sort();
    await recordForBoot(world.engine);
    expect(networks()).toHaveLength(4);
    world.engine.pools.remove(pool);
    await recordForBoot(world.engine);
    expect(networks()).toEqual([
      'ovn-docker:neutron-network:network-1',
      'ovn-docker:neutron-subnet:subnet-1',
    ]);
  });
});

it('scenario 44: the agent is killed at any change while it serves a boot without Neutron: containers have NICs, and nothing is left over', async () => {
  let hasSurvived = false;
  for (let changes = 0; !hasSurvived; changes++) {
    const world = await createScene(4);
    const { engine: earlier, pool } = world;
    for (const endpointId of ['a', 'b'])
      await acquire(earlier, { pool, wants: { name: '' }, claim: { endpointId } });
    const fixed = { name: '', addresses: ['10.0.0.77'] };
    await acquire(earlier, { pool, wants: fixed, claim: { endpointId: 'fixed' } });
    const before = containerPorts(world);
    await rebootWithout(world);

    const { vmSwitch, links, isDead } = mortal(world.vmSwitch, world.links, changes);
    const first = bootAgent({ ...world, vmSwitch, links }).engine;
    const work = async (engine: Engine) => {
      await engine.vm();
      for (const endpointId of ['a', 'b']) await restartContainer(engine, endpointId);
      await restartContainer(engine, 'fixed', ['10.0.0.77']);
      await (await poolOf(engine, NETWORK)).whenMade();
    };
    const dies = async () => {
      while (!isDead()) await new Promise((resolve) => setImmediate(resolve));
    };
    const done = work(first).then(
      () => true,
      () => false,
    );
    hasSurvived = await Promise.race([done, dies().then(() => false)]);
    if (hasSurvived) break;

    const { engine } = bootAgent(world);
    await engine.vm();
    const isStarted = (endpointId: string) => engine.nics.withEndpoint(`${endpointId}-again`) !== undefined;
    for (const endpointId of ['a', 'b'])
      if (!isStarted(endpointId)) await restartContainer(engine, endpointId);
    if (!isStarted('fixed')) await restartContainer(engine, 'fixed', ['10.0.0.77']);
    world.neutron.away = undefined;
    await engine.confirm();
    await (await poolOf(engine, NETWORK)).whenMade();
    expect([changes, containerPorts(world), makes(world)]).toEqual([changes, before, []]);
    const vlans = engine.nics.all().map(({ vlan }) => vlan);
    expect([changes, engine.nics.size, new Set(vlans).size]).toEqual([changes, before.length, before.length]);
  }
});
