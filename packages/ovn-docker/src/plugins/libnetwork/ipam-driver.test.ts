import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { fillPool } from '../../pools/fill-pool.ts';
import { ipamDriver } from './ipam-driver.ts';
import { IpamPoolRequests } from './ipam-pool-requests.ts';

it('takes warm NICs from the right pool when two Docker networks share a subnet', async () => {
  const { engine, vm, target, neutron } = createWorld();
  const [subnet] = target.subnets;
  const createNetwork = async (name: string, groupIds?: string[]) => {
    const groups = groupIds ? { securityGroups: groupIds } : {};
    const ipamPoolId = `subnet/${subnet?.id}/${name}`;
    const subnets = [{ id: subnet?.id ?? '', cidr: subnet?.cidr ?? '', pool: ipamPoolId }];
    await dockerNetworks.put(vm.vmSwitch, name, {
      network: target.network.id,
      subnets,
      made: false,
      ...groups,
    });
    await fillPool(engine, engine.pools.of({ ...target, ...groups }), 1);
    return ipamPoolId;
  };
  const ipamPoolIds = [await createNetwork('one'), await createNetwork('two', ['web-id'])];
  const driver = ipamDriver(engine, new IpamPoolRequests());
  neutron.calls.length = 0;
  const securityGroups = [];
  for (const PoolID of ipamPoolIds.toReversed()) {
    const call = driver['RequestAddress']?.accept({ PoolID, Address: '' });
    if (typeof call !== 'function') throw new Error(call);
    const answer = await call();
    const [address = ''] = (answer as { Address: string }).Address.split('/');
    securityGroups.push(engine.nics.withAddress(subnet?.id ?? '', address)?.port?.security_groups);
  }
  expect(securityGroups).toEqual([['web-id'], ['default']]);
  expect(neutron.calls).toEqual([]);
});

it.each([
  ['names the port that it creates after the container, as Docker 29 sends it', 'web', /^web$/],
  ['names it after Docker’s endpoint, because Docker before 29 sends no name', undefined, /^docker-/],
])('RequestAddress %s', async (_, containerName, expected) => {
  const { engine, vm, target, neutron } = createWorld();
  const [{ id, cidr } = { id: '', cidr: '' }] = target.subnets;
  const PoolID = `subnet/${id}`;
  const subnets = [{ id, cidr, pool: PoolID }];
  await dockerNetworks.put(vm.vmSwitch, 'one', { network: target.network.id, subnets, made: false });
  const Options = containerName ? { 'com.docker.network.endpoint.name': containerName } : null;
  const call = ipamDriver(engine, new IpamPoolRequests())['RequestAddress'];
  const accepted = call?.accept({ PoolID, Address: '10.0.0.77', Options });
  if (typeof accepted !== 'function') throw new Error(accepted);
  await accepted();
  const names = [...neutron.ports.values()].map(({ name }) => name);
  expect(names.at(-1)).toMatch(expected);
});
