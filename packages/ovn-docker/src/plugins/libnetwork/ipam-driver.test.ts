import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { fillPool } from '../../pools/fill-pool.ts';
import { ipamDriver } from './ipam-driver.ts';
import { PoolRequests } from './open-requests.ts';

it('two Docker networks on one subnet: each gives its own warm NICs', async () => {
  const { engine, vm, target, neutron } = createWorld();
  const [subnet] = target.subnets;
  const on = async (name: string, securityGroups?: string[]) => {
    const groups = securityGroups ? { securityGroups } : {};
    const pool = `subnet/${subnet?.id}/${name}`;
    const subnets = [{ id: subnet?.id ?? '', cidr: subnet?.cidr ?? '', pool }];
    await dockerNetworks.put(vm.vmSwitch, name, {
      network: target.network.id,
      subnets,
      made: false,
      ...groups,
    });
    await fillPool(engine, engine.pools.of({ ...target, ...groups }), 1);
    return pool;
  };
  const pools = [await on('one'), await on('two', ['web-id'])];
  const driver = ipamDriver(engine, new PoolRequests());
  neutron.calls.length = 0;
  const given = [];
  for (const PoolID of pools.toReversed()) {
    const { Address } = await driver.RequestAddress({ PoolID, Address: '' });
    const nic = engine.nics.withAddress(subnet?.id ?? '', Address.split('/')[0] ?? '');
    given.push(nic?.port?.security_groups);
  }
  expect(given).toEqual([['web-id'], ['default']]);
  expect(neutron.calls).toEqual([]);
});
