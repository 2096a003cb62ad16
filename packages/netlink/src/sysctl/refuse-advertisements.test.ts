import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { refuseAdvertisements } from './refuse-advertisements.ts';

const namespaces = testNamespaces();

/** Sends a router advertisement with a prefix for addresses (RFC 4861 §4.2, §4.6.2) on eth0. */
const ADVERTISE = `
import socket, struct
prefix = struct.pack('!BBBBIII', 3, 4, 64, 0xc0, 3600, 3600, 0) + socket.inet_pton(socket.AF_INET6, '2001:db8:bad::')
body = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0x08, 1800, 0, 0) + prefix
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex('eth0'))
s.sendto(body, ('ff02::1', 0))`;

test('a link forgets what it learned from router advertisements, and learns no more from them', async () => {
  const [machine, neighbour] = [namespaces.create(), namespaces.create()];
  using inside = Rtnetlink.open(machine);
  using outside = Rtnetlink.open(neighbour);
  inside.createVeth({ name: 'eth0', up: true, peer: { name: 'eth0', netns: neighbour } });
  outside.setLink('eth0', { up: true });
  inside.addAddress('eth0', '2001:db8::1/64', { noDad: true });
  inside.addRoute({ to: '2001:db8:1::/48', via: '2001:db8::2' });
  const learned = () => [
    ...inside.addresses('eth0').filter(({ cidr }) => cidr.startsWith('2001:db8:bad')),
    ...inside.routes().filter(({ family, to }) => family === 6 && to === 'default'),
  ];
  const ready = () => outside.addresses('eth0').some(({ family, tentative }) => family === 6 && !tentative);
  await vi.waitFor(() => expect(ready()).toBe(true), 5000);
  const advertise = () => inNetns(neighbour, () => execFileSync('python3', ['-c', ADVERTISE]));
  advertise();
  await vi.waitFor(() => expect(learned()).toHaveLength(2), 5000);

  refuseAdvertisements(machine, 'eth0');
  expect(learned()).toEqual([]);
  expect(inside.addresses('eth0').map(({ cidr }) => cidr)).toContain('2001:db8::1/64');
  expect(inside.routes().map(({ to }) => to)).toContain('2001:db8:1::/48');
  advertise();
  // The answer comes behind the advertisement on the same link.
  inNetns(neighbour, () => execFileSync('ping', ['-6', '-c', '1', '-W', '5', 'ff02::1%eth0']));
  expect(learned()).toEqual([]);
});

test('a missing link is an error', () => {
  const netns = namespaces.create();
  expect(() => refuseAdvertisements(netns, 'eth7')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
});
