import type { HostRoute, Network, Port, Subnet } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import { routingOf } from './routing.ts';

const alone = { internal: false, taken: [], beside: [], addresses: [] };
const addresses = ['10.0.0.5'];

function nicWith(host_routes: readonly HostRoute[], gateway_ip: string | null = '10.0.0.1') {
  const subnet = {
    id: 's',
    cidr: '10.0.0.0/24',
    ip_version: 4,
    gateway_ip,
    host_routes,
  } as unknown as Subnet;
  const port = { fixed_ips: [{ subnet_id: 's', ip_address: '10.0.0.5' }] } as unknown as Port;
  return { port, target: { network: {} as Network, subnets: [subnet] } };
}
const via = (destination: string, nexthop = '10.0.0.9') => ({ destination, nexthop });

it('returns gateway and host routes, each destination once and in normal form', () => {
  const nic = nicWith([via('192.0.2.0/24'), via('192.0.2.0/24', '10.0.0.8'), via('198.51.100.7')]);
  expect(routingOf(nic, alone)).toEqual({
    gateway: '10.0.0.1',
    routes: [via('192.0.2.0/24'), via('198.51.100.7/32')],
    connected: ['10.0.0.0/24'],
    addresses,
  });
});

it('a host route to everywhere replaces the gateway (RFC 3442)', () => {
  const { gateway, routes } = routingOf(nicWith([via('0.0.0.0/0', '10.0.0.254')]), alone);
  expect([gateway, routes]).toEqual(['10.0.0.254', []]);
  // A next hop that is not on the link is ignored.
  expect(routingOf(nicWith([via('0.0.0.0/0', '172.16.0.1')]), alone).gateway).toBe('10.0.0.1');
});

it('returns no route that Docker or the kernel would refuse', () => {
  const own = via('10.0.0.0/24');
  const offLink = via('192.0.2.0/24', '172.16.0.1');
  const [taken, beside, within] = [via('198.51.100.0/24'), via('10.9.0.0/16'), via('10.8.0.128/25')];
  const nic = nicWith([own, offLink, taken, beside, within, via('203.0.113.0/24', '0.0.0.0')]);
  const others = { taken: ['198.51.100.0/24'], beside: ['10.9.1.0/24', '10.8.0.0/24'], addresses: [] };
  expect(routingOf(nic, { internal: false, ...others }).routes).toEqual([{ destination: '203.0.113.0/24' }]);
});

it('a container that is the next hop or the gateway of the others gets no route to itself', () => {
  const [own, broadcast, other] = ['10.0.0.5', '10.0.0.255', '10.0.0.6'];
  const nic = nicWith(
    [via('192.0.2.0/24', own), via('198.51.100.0/24', broadcast), via('203.0.113.0/24', other)],
    own,
  );
  expect(routingOf(nic, alone)).toEqual({
    routes: [via('203.0.113.0/24', other)],
    connected: ['10.0.0.0/24'],
    addresses,
  });
  // Another interface of the container has the address.
  expect(routingOf(nic, { ...alone, addresses: [other] }).routes).toEqual([]);
  expect(routingOf(nicWith([via('0.0.0.0/0', own)]), alone).gateway).toBe('10.0.0.1');
});

it('a destination with host bits counts as its network', () => {
  expect(routingOf(nicWith([via('192.0.2.7/24')]), alone).routes).toEqual([via('192.0.2.0/24')]);
});

it('returns no route out of an internal network or without a gateway', () => {
  const connected = ['10.0.0.0/24'];
  const nic = nicWith([via('192.0.2.0/24')]);
  expect(routingOf(nic, { ...alone, internal: true })).toEqual({ routes: [], connected, addresses });
  expect(routingOf(nicWith([], null), alone)).toEqual({ routes: [], connected, addresses });
});
