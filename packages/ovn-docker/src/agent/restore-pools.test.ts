import type { Port, Subnet } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { booksOf, createWorld, restart, subnetOf, type World } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { finish } from '../lifecycle/finish.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Target } from '../nics/nic.ts';
import { fillPool } from '../pools/fill-pool.ts';
import { finishLeftovers } from '../reconcile/finish-leftovers.ts';

const NOTHING = booksOf(0);

async function warmPool(world: World, target: Target = world.target): Promise<World> {
  await fillPool(world.engine, world.engine.pools.of(target), 1);
  return world;
}

function changePorts({ neutron }: World, change: Partial<Port>): void {
  for (const port of neutron.ports.values()) neutron.ports.set(port.id, { ...port, ...change });
}

describe('a user changed a port while no agent ran', () => {
  it.each<Partial<Port>>([
    { security_groups: [] },
    { port_security_enabled: false },
    { allowed_address_pairs: [{ ip_address: '0.0.0.0/0' }] },
    { admin_state_up: false },
  ])('scenario 12: %o: no other container gets the NIC', async (altered) => {
    const world = await warmPool(createWorld());
    changePorts(world, altered);
    const next = await restart(world);
    const [nic] = next.engine.nics.all();
    if (!nic) throw new Error('no NIC');
    expect([nic.state, next.pool.warm]).toEqual(['found', 0]);
    await finishLeftovers(next.engine, [nic]);
    expect([next.pool.warm, next.books()]).toEqual([0, NOTHING]);
  });

  it('scenario 12: a container keeps the NIC, which is deleted when the container ends', async () => {
    const world = await warmPool(createWorld());
    await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label: 'l' } });
    changePorts(world, { security_groups: [] });
    const next = await restart(world);
    const nic = next.engine.nics.withLabel('l');
    expect(nic?.state).toBe('claimed');
    if (nic) await finish(next.engine, nic);
    expect(next.books()).toEqual(NOTHING);
  });

  it('other security groups: the NIC is in the pool of those groups', async () => {
    const world = await warmPool(createWorld());
    changePorts(world, { security_groups: ['web'] });
    const next = await restart(world);
    expect([next.pool.warm, next.engine.pools.of({ ...next.target, securityGroups: ['web'] }).warm]).toEqual([
      0, 1,
    ]);
  });

  it('on a network without port security, a port without it is unaltered', async () => {
    const world = createWorld();
    Object.assign(world.target.network, { port_security_enabled: false });
    await warmPool(world);
    changePorts(world, { port_security_enabled: false, security_groups: [] });
    expect((await restart(world)).pool.warm).toBe(1);
  });
});

describe('a NIC is sorted into the pool of its subnets', () => {
  const v4 = subnetOf('v4', '10.0.0.0/24');
  const other = subnetOf('other', '10.0.1.0/24');
  const v6 = subnetOf('v6', 'fd00::/64', { ip_version: 6 });
  const slaac = subnetOf('slaac', 'fd01::/64', { ip_version: 6, ipv6_address_mode: 'slaac' });
  const record = (world: World, id: string, subnets: readonly Subnet[]) =>
    dockerNetworks.put(world.vm.vmSwitch, id, {
      network: 'network-1',
      subnets: subnets.map(({ id, cidr }) => ({ id, cidr })),
      made: false,
    });
  const warmOf = ({ engine }: World) =>
    engine.pools.all().map(({ target, warm }) => [target.subnets.map(({ id }) => id).join(), warm]);
  const moveTo = (world: World, ...subnets: Subnet[]) =>
    changePorts(world, {
      fixed_ips: subnets.map(({ id }) => ({ subnet_id: id, ip_address: `of ${id}` })),
    });

  it('with both IP versions or one', async () => {
    const world = createWorld({ subnets: [v4, v6] });
    await warmPool(world, { ...world.target, subnets: [v4] });
    await record(world, 'dual', [v4, v6]);
    await record(world, 'single', [v4]);
    expect(warmOf(await restart(world))).toEqual([
      ['v4,v6', 0],
      ['v4', 1],
    ]);
    moveTo(world, v4, v6);
    expect(warmOf(await restart(world))).toEqual([
      ['v4,v6', 1],
      ['v4', 0],
    ]);
  });

  it('a NIC that has lost an address fits no pool', async () => {
    const world = await warmPool(createWorld({ subnets: [v4, v6] }));
    moveTo(world, v6);
    const next = await restart(world);
    expect([warmOf(next), next.engine.nics.all().map(({ state }) => state)]).toEqual([[], ['found']]);
  });

  it('any subnet fits, if the network has several of one IP version', async () => {
    const world = await warmPool(createWorld({ subnets: [v4, other] }));
    moveTo(world, v4);
    const next = await restart(world);
    expect(warmOf(next)).toEqual([['v4,other', 1]]);
    // The pool that `--net=none` containers use.
    expect(next.pool.warm).toBe(1);
  });

  it('an address that follows from the MAC address fits every pool; a pool with its subnet requires it', async () => {
    const world = createWorld({ subnets: [v4, slaac] });
    await warmPool(world, { ...world.target, subnets: [v4] });
    moveTo(world, v4, slaac);
    await record(world, 'single', [v4]);
    expect(warmOf(await restart(world))).toEqual([['v4', 1]]);
    const whole = await restart(await warmPool(createWorld({ subnets: [v4, slaac] })));
    expect(warmOf(whole)).toEqual([]);
  });
});
