import { createNetns, deleteNetns, Rtnetlink } from '@ovn-docker/netlink';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { moveNetwork, networkStateOf } from './network-state.ts';

let netlink: Rtnetlink;

/** A namespace with two uplinks, and the bridge as another interface. */
beforeEach(() => {
  const name = `init-${process.pid}-${process.hrtime.bigint().toString(36)}`;
  netlink = Rtnetlink.open(createNetns(name));
  onTestFinished(() => {
    netlink.close();
    deleteNetns(name);
  });
  for (const link of ['eth0', 'eth1', 'br0']) {
    netlink.createVeth({ name: link, up: true, peer: { name: `${link}-peer` } });
    netlink.setLink(`${link}-peer`, { up: true });
  }
});

/** All routes except those that the kernel makes, with the names of their interfaces. */
function routes(): string[] {
  const names = new Map(netlink.links().map(({ index, name }) => [index, name]));
  return netlink
    .routes(0)
    .filter(({ protocol, to }) => protocol !== 2 && !to.startsWith('fe80'))
    .map(({ to, via, link, metric, table, source, onlink }) =>
      [to, via, names.get(link ?? 0), metric, table, source, onlink ? 'onlink' : ''].join(' '),
    );
}

describe('addresses and routes of the uplink', () => {
  it.each([
    ['several addresses of one network', ['192.0.2.10/24', '192.0.2.11/24', '198.51.100.1/32'], []],
    [
      'a gateway beyond the address’s network',
      ['192.0.2.10/32'],
      [
        { to: '10.0.0.1', link: 'eth0' },
        { to: 'default', via: '10.0.0.1', link: 'eth0' },
        { to: '203.0.113.0/24', via: '10.9.9.9', link: 'eth0', onlink: true },
      ],
    ],
    [
      'IPv6 with a link-local gateway',
      ['2001:db8::10/64'],
      [
        { to: 'default', via: 'fe80::1', link: 'eth0', metric: 100 },
        { to: '2001:db8:9::/48', via: '2001:db8::1', link: 'eth0', source: '2001:db8::10' },
      ],
    ],
    [
      'tables and metrics',
      ['192.0.2.10/24'],
      [
        { to: 'default', via: '192.0.2.1', link: 'eth0', metric: 50 },
        { to: 'default', via: '192.0.2.2', link: 'eth0', metric: 60 },
        { to: 'default', via: '192.0.2.1', link: 'eth0', table: 1000 },
        { to: '203.0.113.0/24', via: '192.0.2.3', link: 'eth0', source: '192.0.2.10', metric: 7 },
      ],
    ],
  ] as const)('%s move to the bridge and back', (_, addresses, added) => {
    for (const cidr of addresses) netlink.addAddress('eth0', cidr, { noDad: true });
    for (const route of added) netlink.addRoute(route);
    const [before, state] = [routes(), networkStateOf(netlink, 'eth0')];
    moveNetwork(netlink, state, 'eth0', 'br0');
    expect(routes()).toEqual(before.map((route) => route.replace(' eth0 ', ' br0 ')));
    expect(networkStateOf(netlink, 'eth0')).toEqual({ addresses: [], routes: [] });
    moveNetwork(netlink, state, 'br0', 'eth0');
    expect([routes(), networkStateOf(netlink, 'eth0')]).toEqual([before, state]);
  });

  it.each([
    ['preferred', ['eth0', 'eth1']],
    ['not preferred', ['eth1', 'eth0']],
  ])('a default route stays %s to that of another interface with the same metric', (_, links) => {
    netlink.addAddress('eth0', '192.0.2.10/24');
    netlink.addAddress('eth1', '198.51.100.10/24');
    const via = (link: string) => (link === 'eth0' ? '192.0.2.1' : '198.51.100.1');
    for (const link of links)
      netlink.addRoute({ to: 'default', via: via(link), link, metric: 100, order: 'last' });
    const [before, state] = [routes(), networkStateOf(netlink, 'eth0')];
    moveNetwork(netlink, state, 'eth0', 'br0');
    expect(routes()).toEqual(before.map((route) => route.replace(' eth0 ', ' br0 ')));
    moveNetwork(netlink, state, 'br0', 'eth0');
    expect(routes()).toEqual(before);
  });
});
