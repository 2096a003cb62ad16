import type { Port } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { createWorld, subnetOf } from '../../test/support/world.ts';
import { LAST_VLAN } from '../vm/vlans.ts';
import { roomFor } from './room-for.ts';

type World = ReturnType<typeof createWorld>;

function portsOn(world: World, subnetId: string, addresses: readonly string[]): void {
  for (const ip_address of addresses) {
    const fixed_ips = [{ subnet_id: subnetId, ip_address }];
    world.neutron.ports.set(ip_address, { network_id: 'network-1', fixed_ips } as unknown as Port);
  }
}

/** A network whose subnets have four addresses each: .2 to .5. */
function smallSubnets(...ids: string[]) {
  const world = createWorld();
  const subnets = ids.map((id, index) => {
    const base = `10.0.${index}`;
    return subnetOf(id, `${base}.0/24`, { allocation_pools: [{ start: `${base}.2`, end: `${base}.5` }] });
  });
  const network = { ...world.target.network, subnets: ids };
  return { world, subnets, network };
}

it('leaves a reserve of ports in the quota; without a quota there is no limit', async () => {
  const { neutron, pool, engine } = createWorld();
  expect(await roomFor(engine, pool, 50)).toMatchObject({ room: 50 });
  neutron.quota = { limit: 100, used: 70, reserved: 2 };
  expect(await roomFor(engine, pool, 50)).toEqual({ room: 20, limit: 'quota of ports' });
  neutron.quota = { limit: 100, used: 99, reserved: 1 };
  expect(await roomFor(engine, pool, 50)).toEqual({ room: 0, limit: 'quota of ports' });
});

it('scenario 2: leaves a reserve of VLANs', async () => {
  const { vm, pool, engine } = createWorld();
  for (let vlan = 1; vlan <= LAST_VLAN - 20; vlan++) vm.vlans.markUsed(vlan);
  expect(await roomFor(engine, pool, 50)).toEqual({ room: 4, limit: 'VLANs of this VM' });
});

it('scenario 11: leaves a reserve of addresses; addresses outside the allocation pools do not count', async () => {
  const { world, subnets, network } = smallSubnets('a');
  const pool = world.engine.pools.of({ network, subnets });
  portsOn(world, 'a', ['10.0.0.1', '10.0.0.200']);
  expect(await roomFor(world.engine, pool, 50)).toMatchObject({ room: 3 });
  portsOn(world, 'a', ['10.0.0.2', '10.0.0.5']);
  portsOn(world, 'b', ['10.0.0.3']);
  expect(await roomFor(world.engine, pool, 50)).toMatchObject({ room: 1 });
});

it('scenario 11: a full subnet does not stall a pool that uses every subnet of the network', async () => {
  const { world, subnets, network } = smallSubnets('a', 'b');
  portsOn(world, 'a', ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']);
  const whole = world.engine.pools.of({ network, subnets });
  expect(await roomFor(world.engine, whole, 50)).toMatchObject({ room: 3 });
  // A pool on a named subnet gets addresses from that subnet only.
  const [full] = subnets;
  if (!full) throw new Error('no subnet');
  const named = world.engine.pools.of({ network, subnets: [full] });
  expect(await roomFor(world.engine, named, 50)).toEqual({ room: 0, limit: 'addresses of 10.0.0.0/24' });
});

it('a network with IPv6 only has no limit of addresses', async () => {
  const world = createWorld();
  const v6 = subnetOf('v6', 'fd00::/64', { ip_version: 6 });
  const network = { ...world.target.network, subnets: [v6.id] };
  const pool = world.engine.pools.of({ network, subnets: [v6] });
  expect(await roomFor(world.engine, pool, 7)).toMatchObject({ room: 7 });
});
