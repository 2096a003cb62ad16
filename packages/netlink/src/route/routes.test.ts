import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';

const namespaces = testNamespaces();
const failsWith = (code: string, more = {}) =>
  expect.objectContaining({ name: 'NetlinkError', code, ...more });

let rtnl: Rtnetlink;
let link: number;

beforeEach(() => {
  rtnl = Rtnetlink.open(namespaces.create());
  onTestFinished(() => rtnl.close());
  rtnl.createVeth({ name: 'eth0', up: true, peer: { name: 'eth1' } });
  rtnl.setLink('eth1', { up: true });
  rtnl.addAddress('eth0', '192.0.2.5/24');
  rtnl.addAddress('eth0', '2001:db8::5/64', { noDad: true });
  link = rtnl.link('eth0')?.index ?? 0;
});

const routeTo = (to: string, family: 4 | 6 = 4) =>
  rtnl.routes().filter((route) => route.to === to && route.family === family);

describe('a route', () => {
  test('to default uses a gateway, for IPv4 and IPv6', () => {
    rtnl.addRoute({ to: 'default', via: '192.0.2.1' });
    rtnl.addRoute({ to: 'default', via: '2001:db8::1' });
    expect(routeTo('default', 4)).toEqual([
      {
        family: 4,
        to: 'default',
        type: 'unicast',
        via: '192.0.2.1',
        link,
        onlink: false,
        table: 254,
        scope: 'global',
        protocol: 3,
      },
    ]);
    expect(routeTo('default', 6)).toMatchObject([{ via: '2001:db8::1', link }]);
  });

  test('of IPv4 can use an IPv6 gateway (RFC 5549)', () => {
    rtnl.addRoute({ to: '203.0.113.0/24', via: '2001:db8::1', link: 'eth0' });
    expect(routeTo('203.0.113.0/24')).toMatchObject([{ family: 4, via: '2001:db8::1', link }]);
  });

  test('without a gateway has link scope', () => {
    rtnl.addRoute({ to: '203.0.113.0/24', link: 'eth0', source: '192.0.2.5', metric: 7 });
    expect(routeTo('203.0.113.0/24')).toMatchObject([
      { link, source: '192.0.2.5', metric: 7, scope: 'link' },
    ]);
    expect(routeTo('203.0.113.0/24')[0]).not.toHaveProperty('via');
  });

  test('to one address needs no prefix length', () => {
    rtnl.addRoute({ to: '203.0.113.9', via: '192.0.2.1' });
    rtnl.addRoute({ to: '2001:db8:1::9', via: '2001:db8::1' });
    expect(routeTo('203.0.113.9/32')).toHaveLength(1);
    expect(routeTo('2001:db8:1::9/128', 6)).toHaveLength(1);
  });

  test('can have a gateway outside the prefixes of the link with onlink', () => {
    const route = { to: 'default', via: '198.51.100.1', link: 'eth0' };
    expect(() => rtnl.addRoute(route)).toThrow(
      failsWith('ENETUNREACH', { kernelMessage: 'Nexthop has invalid gateway' }),
    );
    rtnl.addRoute({ ...route, onlink: true });
    expect(routeTo('default')).toMatchObject([{ via: '198.51.100.1', link, onlink: true }]);
  });

  test('can drop packets', () => {
    rtnl.addRoute({ to: '203.0.113.0/24', type: 'blackhole' });
    rtnl.addRoute({ to: 'default', family: 6, type: 'unreachable' });
    expect(routeTo('203.0.113.0/24')).toMatchObject([{ type: 'blackhole' }]);
    expect(routeTo('default', 6)).toMatchObject([{ type: 'unreachable' }]);
  });

  test('is listed only in its own table', () => {
    expect(rtnl.routes(1000)).toEqual([]);
    rtnl.addRoute({ to: 'default', via: '192.0.2.1', table: 1000 });
    expect(rtnl.routes(1000)).toMatchObject([{ to: 'default', table: 1000 }]);
    expect(routeTo('default')).toEqual([]);
    rtnl.deleteRoute({ to: 'default', table: 1000 });
    expect(rtnl.routes(1000)).toEqual([]);
  });

  test('can be deleted with the object that routes() returned', () => {
    rtnl.addRoute({ to: 'default', via: '192.0.2.1' });
    rtnl.addRoute({ to: '203.0.113.0/24', via: '2001:db8::1', link: 'eth0', metric: 9 });
    rtnl.addRoute({ to: '2001:db8:1::/48', via: '2001:db8::1' });
    rtnl.addRoute({ to: '203.0.114.0/24', type: 'prohibit' });
    const routes = rtnl.routes();
    expect(routes.length).toBeGreaterThanOrEqual(6);
    for (const route of routes) rtnl.deleteRoute(route);
    expect(rtnl.routes()).toEqual([]);
  });

  test('is deleted by the properties that distinguish it from other routes', () => {
    rtnl.addRoute({ to: 'default', via: '192.0.2.1', metric: 1 });
    rtnl.addRoute({ to: 'default', via: '192.0.2.2', metric: 2 });
    rtnl.deleteRoute({ to: 'default', via: '192.0.2.2' });
    expect(routeTo('default')).toMatchObject([{ via: '192.0.2.1' }]);
    expect(() => rtnl.deleteRoute({ to: 'default', via: '192.0.2.2' })).toThrow(failsWith('ESRCH'));
  });

  test('with the metric of another one is added before or behind it', () => {
    const vias = () => routeTo('default').map(({ via }) => via);
    rtnl.addRoute({ to: 'default', via: '192.0.2.2' });
    rtnl.addRoute({ to: 'default', via: '192.0.2.1', order: 'first' });
    rtnl.addRoute({ to: 'default', via: '192.0.2.3', order: 'last' });
    expect(vias()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    for (const order of ['first', 'last'] as const)
      expect(() => rtnl.addRoute({ to: 'default', via: '192.0.2.2', order })).toThrow(failsWith('EEXIST'));
    expect(vias()).toHaveLength(3);
  });

  test('that the kernel cannot add is refused with the reason', () => {
    rtnl.addRoute({ to: 'default', via: '192.0.2.1' });
    expect(() => rtnl.addRoute({ to: 'default', via: '192.0.2.1' })).toThrow(
      failsWith('EEXIST', { operation: 'add route to default' }),
    );
    expect(() => rtnl.addRoute({ to: '203.0.113.9/24', via: '192.0.2.1' })).toThrow(
      failsWith('EINVAL', { kernelMessage: 'Invalid prefix for given prefix length' }),
    );
    expect(() => rtnl.addRoute({ to: '203.0.113.0/24', link: 'missing' })).toThrow(failsWith('ENODEV'));
    expect(() => rtnl.addRoute({ to: '203.0.113.0/24', via: '192.0.2.1', source: '2001:db8::5' })).toThrow(
      failsWith('EINVAL'),
    );
    rtnl.setLink('eth0', { up: false });
    expect(() => rtnl.addRoute({ to: '203.0.113.0/24', link: 'eth0' })).toThrow(failsWith('ENETDOWN'));
  });
});

test('a new namespace has no routes', () => {
  using fresh = Rtnetlink.open(namespaces.create());
  expect(fresh.routes()).toEqual([]);
});
