import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { findIpamPool } from './find-ipam-pool.ts';

const v4 = { id: 'v4', cidr: '10.9.0.0/24' };
const v6 = { id: 'v6', cidr: 'fd00:9::/64' };

it.each([
  ['several records with the PoolID', 'cidr/10.9.0.0/24', { pool: 'cidr/10.9.0.0/24' }],
  ['only restored records', 'subnet/v4/0badcafe', {}],
])('prefers a network with both IP versions among %s', async (_what, ipamPoolId, pool) => {
  const { engine, vm } = createWorld();
  const subnets = [{ ...v4, ...pool }];
  await dockerNetworks.put(vm.vmSwitch, 'one', { network: 'net-1', subnets, made: false });
  await dockerNetworks.put(vm.vmSwitch, 'both', { network: 'net-1', subnets: [...subnets, v6], made: false });
  const { network, subnetId } = await findIpamPool(engine, ipamPoolId);
  expect([network.subnets, subnetId]).toEqual([[...subnets, v6], 'v4']);
});

it('prefers the record with the PoolID', async () => {
  const { engine, vm } = createWorld();
  const ipamPoolId = 'subnet/v4/0badcafe';
  const exact = { network: 'net-1', subnets: [{ ...v4, pool: ipamPoolId }], made: false };
  await dockerNetworks.put(vm.vmSwitch, 'both', { network: 'net-1', subnets: [v4, v6], made: false });
  await dockerNetworks.put(vm.vmSwitch, 'exact', exact);
  expect(await findIpamPool(engine, ipamPoolId)).toMatchObject({ network: exact, subnetId: 'v4' });
});
