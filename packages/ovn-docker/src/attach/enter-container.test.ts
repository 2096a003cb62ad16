import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Rtnetlink } from '@ovn-docker/netlink';
import type { Network, Port } from '@ovn-docker/openstack';
import { expect, it, onTestFinished } from 'vitest';
import { createWorld, subnetOf } from '../../test/support/world.ts';
import type { Nic } from '../nics/nic.ts';
import { enterContainer } from './enter-container.ts';

/** Creates an empty network namespace that ends with the test. */
async function emptyNetns(): Promise<string> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill());
  await once(holder.stdout, 'data');
  return `/proc/${holder.pid}/ns/net`;
}

it('adds each route that the kernel accepts, and changes nothing when the stage runs again', async () => {
  const { engine, vm } = createWorld();
  // Real interfaces in two empty namespaces: one for the VM, one for the container.
  using netlink = Rtnetlink.open(await emptyNetns());
  const netns = await emptyNetns();
  netlink.createVeth({ name: 'ovn-7', peer: { name: 'ovn-7c' } });
  netlink.setLink('ovn-7', { up: true });
  const host_routes = [
    { destination: '0.0.0.0/0', nexthop: '10.0.0.9' },
    { destination: '192.0.2.7', nexthop: '10.0.0.8' },
    { destination: '192.0.2.7/32', nexthop: '10.0.0.7' },
    { destination: '198.51.100.0/24', nexthop: '172.16.0.1' },
    { destination: '203.0.113.0/24', nexthop: '0.0.0.0' },
    { destination: '10.0.0.0/24', nexthop: '10.0.0.7' },
    { destination: '10.77.0.0/24', nexthop: '10.0.0.5' },
  ];
  const subnet = subnetOf('s', '10.0.0.0/24', { host_routes });
  const nic: Nic = {
    id: 'n',
    neutron: engine.neutron,
    target: { network: { id: 'network-1' } as Network, subnets: [subnet] },
    wants: { name: '' },
    state: 'claimed',
    vlan: 7,
    port: { fixed_ips: [{ subnet_id: 's', ip_address: '10.0.0.5' }] } as unknown as Port,
    place: { netns, interfaceName: 'eth0' },
  };
  for (const _ of ['once', 'twice']) await enterContainer.up([nic], { ...vm, netlink });
  using inside = Rtnetlink.open(netns);
  const routes = inside.routes().filter(({ family }) => family === 4);
  expect(routes.map(({ to, via }) => `${to} ${via ?? '-'}`).sort()).toEqual([
    '10.0.0.0/24 -',
    '192.0.2.7/32 10.0.0.8',
    '203.0.113.0/24 -',
    'default 10.0.0.9',
  ]);
});

it('a container in which the user disabled IPv6 gets its IPv4 address and nothing of IPv6', async () => {
  const { engine, vm } = createWorld();
  using netlink = Rtnetlink.open(await emptyNetns());
  const netns = await emptyNetns();
  const disable = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6';
  await promisify(execFile)('nsenter', [`--net=${netns}`, 'sh', '-c', disable]);
  netlink.createVeth({ name: 'ovn-7', peer: { name: 'ovn-7c' } });
  netlink.setLink('ovn-7', { up: true });
  const host_routes = [{ destination: '2001:db8::/64', nexthop: 'fd00::9' }];
  const subnets = [
    subnetOf('v4', '10.0.0.0/24'),
    subnetOf('v6', 'fd00::/64', { ip_version: 6, gateway_ip: 'fd00::1', host_routes }),
  ];
  const fixed_ips = [
    { subnet_id: 'v4', ip_address: '10.0.0.5' },
    { subnet_id: 'v6', ip_address: 'fd00::5' },
  ];
  const nic: Nic = {
    id: 'n',
    neutron: engine.neutron,
    target: { network: { id: 'network-1' } as Network, subnets },
    wants: { name: '' },
    state: 'claimed',
    vlan: 7,
    port: { fixed_ips } as unknown as Port,
    place: { netns, interfaceName: 'eth0', withoutIpv6: true },
  };
  await enterContainer.up([nic], { ...vm, netlink });
  using inside = Rtnetlink.open(netns);
  expect(inside.addresses('eth0').map(({ cidr }) => cidr)).toEqual(['10.0.0.5/24']);
  expect(inside.routes().filter(({ family }) => family === 6)).toEqual([]);
});
