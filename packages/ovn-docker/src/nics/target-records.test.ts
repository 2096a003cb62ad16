import type { Network, Subnet } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { FakeSwitch } from '../../test/support/fake-switch.ts';
import { subnetOf } from '../../test/support/world.ts';
import type { Target } from './nic.ts';
import { readTargets, recordTargets } from './target-records.ts';

const network = { id: 'net-1', name: 'net', mtu: 1442, subnets: ['v4'], dns_domain: 'a.example.' };
const targetOf = (change: object, subnets: readonly Subnet[]): Target => ({
  network: { ...network, ...change } as unknown as Network,
  subnets,
});
const v4 = subnetOf('v4', '10.0.0.0/24', {
  network_id: 'net-1',
  host_routes: [{ destination: '192.0.2.0/24', nexthop: '10.0.0.9' }],
  dns_nameservers: ['10.0.0.2'],
});

it('scenario 44: records of networks and subnets keep what containers need', async () => {
  const vmSwitch = new FakeSwitch();
  await recordTargets(vmSwitch, [targetOf({}, [v4])]);
  const { network: read, subnets } = readTargets(vmSwitch).get('net-1') ?? {};
  expect(read).toEqual(network);
  const { allocation_pools: _, ...kept } = v4;
  expect(subnets).toEqual([kept]);
});

it('scenario 44: null counts as missing, and the answer of another cloud makes no record instead of an error', async () => {
  const vmSwitch = new FakeSwitch();
  const strange = { ...v4, id: 'strange', ip_version: 5 } as unknown as Subnet;
  await recordTargets(vmSwitch, [targetOf({ mtu: null, dns_domain: null }, [v4, strange])]);
  const { network: read, subnets = [] } = readTargets(vmSwitch).get('net-1') ?? {};
  expect([read?.mtu, read?.dns_domain, subnets.map(({ id }) => id)]).toEqual([undefined, undefined, ['v4']]);
});

it('scenario 44: a damaged or much too long record counts as missing, and a change is written', async () => {
  const vmSwitch = new FakeSwitch();
  const routes = Array.from({ length: 1000 }, () => ({ destination: '192.0.2.0/24', nexthop: '10.0.0.9' }));
  await recordTargets(vmSwitch, [targetOf({}, [{ ...v4, host_routes: routes }])]);
  expect(readTargets(vmSwitch).get('net-1')?.subnets).toEqual([]);
  await recordTargets(vmSwitch, [targetOf({ mtu: 1400 }, [v4])]);
  expect(readTargets(vmSwitch).get('net-1')).toMatchObject({
    network: { mtu: 1400 },
    subnets: [{ id: 'v4' }],
  });
  await vmSwitch.writeRecords({ 'ovn-docker:neutron-network:net-1': '{"name":7}' });
  expect(readTargets(vmSwitch)).toEqual(new Map());
});
