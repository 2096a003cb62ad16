import type { Port, Subnet } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { createWorld, restart, subnetOf, type World } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Target } from '../nics/nic.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { finishLeftovers } from '../reconcile/finish-leftovers.ts';

const NOTHING = { ports: 0, subports: 0, rows: 0, links: 0, vlans: 0, nics: 0 };

async function warmPool(world: World, target: Target = world.target): Promise<World> {
  await fillPool(world.engine, world.engine.pools.of(target), 1);
  return world;
}

function change(world: World, port: Partial<Port>): void {
  for (const was of world.neutron.ports.values()) world.neutron.ports.set(was.id, { ...was, ...port });
}

describe('while no agent looked, somebody has changed a port', () => {
  it.each<Partial<Port>>([
    { security_groups: [] },
    { port_security_enabled: false },
    { allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] },
    { admin_state_up: false },
  ])('12. %o: nobody else is given it', async (altered) => {
    const world = await warmPool(createWorld());
    change(world, altered);
    const idle = await restart(world);
    const [found] = idle.engine.nics.all();
    if (!found) throw new Error('no NIC');
    expect([found.state, idle.pool.warm]).toEqual(['found', 0]);
    await finishLeftovers(idle.engine, [found]);
    expect([idle.pool.warm, idle.books()]).toEqual([0, NOTHING]);
  });

  it('12. one that a container has stays there, and goes with it', async () => {
    const world = await warmPool(createWorld());
    await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label: 'l' } });
    change(world, { security_groups: [] });
    const next = await restart(world);
    const nic = next.engine.nics.withLabel('l');
    expect(nic?.state).toBe('claimed');
    if (nic) await finish(next.engine, nic);
    expect(next.books()).toEqual(NOTHING);
  });

  it('other security groups: only who asks for those gets it', async () => {
    const world = await warmPool(createWorld());
    change(world, { security_groups: ['web'] });
    const next = await restart(world);
    expect([next.pool.warm, next.engine.pools.of({ ...next.target, securityGroups: ['web'] }).warm]).toEqual([
      0, 1,
    ]);
  });

  it('a network without port security is as it is', async () => {
    const world = createWorld();
    Object.assign(world.target.network, { port_security_enabled: false });
    await warmPool(world);
    change(world, { port_security_enabled: false, security_groups: [] });
    expect((await restart(world)).pool.warm).toBe(1);
  });
});

describe('a NIC finds the pool whose subnets its addresses are', () => {
  const v4 = subnetOf('v4', '10.0.0.0/24');
  const other = subnetOf('other', '10.0.1.0/24');
  const v6 = subnetOf('v6', 'fd00::/64', { ip_version: 6 });
  const slaac = subnetOf('slaac', 'fd01::/64', { ip_version: 6, ipv6_address_mode: 'slaac' });
  const note = (world: World, id: string, subnets: readonly Subnet[]) =>
    dockerNetworks.put(world.vm.vmSwitch, id, {
      network: 'network-1',
      subnets: subnets.map(({ id, cidr }) => ({ id, cidr })),
      made: false,
    });
  const warmOf = ({ engine }: World) =>
    engine.pools.all().map(({ target, warm }) => [target.subnets.map(({ id }) => id).join(), warm]);
  const addressed = (world: World, ...subnets: Subnet[]) =>
    change(world, { fixed_ips: subnets.map(({ id }) => ({ subnet_id: id, ip_address: `of ${id}` })) });

  it('of both IP versions, or of one', async () => {
    const world = createWorld({ subnets: [v4, v6] });
    await warmPool(world, { ...world.target, subnets: [v4] });
    await note(world, 'dual', [v4, v6]);
    await note(world, 'single', [v4]);
    expect(warmOf(await restart(world))).toEqual([
      ['v4,v6', 0],
      ['v4', 1],
    ]);
    addressed(world, v4, v6);
    expect(warmOf(await restart(world))).toEqual([
      ['v4,v6', 1],
      ['v4', 0],
    ]);
  });

  it('one that an address was taken from fits nowhere', async () => {
    const world = await warmPool(createWorld({ subnets: [v4, v6] }));
    addressed(world, v6);
    const next = await restart(world);
    expect([warmOf(next), next.engine.nics.all().map(({ state }) => state)]).toEqual([[], ['found']]);
  });

  it('of a network with several subnets of one version, any will do', async () => {
    const world = await warmPool(createWorld({ subnets: [v4, other] }));
    addressed(world, v4);
    const next = await restart(world);
    expect(warmOf(next)).toEqual([['v4,other', 1]]);
    // And it is the pool that a container without a Docker network asks.
    expect(next.pool.warm).toBe(1);
  });

  it('addresses that follow from the MAC address come by themselves', async () => {
    const world = createWorld({ subnets: [v4, slaac] });
    await warmPool(world, { ...world.target, subnets: [v4] });
    addressed(world, v4, slaac);
    await note(world, 'single', [v4]);
    expect(warmOf(await restart(world))).toEqual([['v4', 1]]);
    const whole = await restart(await warmPool(createWorld({ subnets: [v4, slaac] })));
    expect(warmOf(whole)).toEqual([]);
  });
});
