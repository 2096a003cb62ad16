import { execFileSync } from 'node:child_process';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';

const namespaces = testNamespaces();
const failsWith = (code: string, more = {}) =>
  expect.objectContaining({ name: 'NetlinkError', code, ...more });

let rtnl: Rtnetlink;

beforeEach(() => {
  rtnl = Rtnetlink.open(namespaces.create());
  onTestFinished(() => rtnl.close());
  rtnl.createVeth({ name: 'eth0', peer: { name: 'eth1' } });
});

test('an IPv4 address is added, listed and deleted', () => {
  rtnl.addAddress('eth0', '192.0.2.5/24');
  expect(rtnl.addresses('eth0')).toEqual([
    {
      link: rtnl.link('eth0')?.index,
      family: 4,
      cidr: '192.0.2.5/24',
      address: '192.0.2.5',
      prefixLength: 24,
      scope: 'global',
      tentative: false,
      temporary: false,
    },
  ]);
  rtnl.deleteAddress('eth0', '192.0.2.5/24');
  expect(rtnl.addresses('eth0')).toEqual([]);
});

test('an IPv6 address is tentative during duplicate address detection, and never with noDad', () => {
  rtnl.setLink('eth1', { up: true });
  rtnl.setLink('eth0', { up: true });
  rtnl.addAddress('eth0', '2001:db8::5/64');
  rtnl.addAddress('eth0', '2001:db8::6/64', { noDad: true });
  const tentative = new Map(rtnl.addresses('eth0').map((address) => [address.cidr, address.tentative]));
  expect(tentative.get('2001:db8::5/64')).toBe(true);
  expect(tentative.get('2001:db8::6/64')).toBe(false);
  rtnl.deleteAddress('eth0', '2001:db8::6/64');
  expect(rtnl.addresses('eth0').map(({ address }) => address)).not.toContain('2001:db8::6');
});

test('addresses() lists one link, by name or index, or all links', () => {
  const index = rtnl.link('eth1')?.index ?? 0;
  rtnl.addAddress('eth0', '192.0.2.5/24');
  rtnl.addAddress(index, '198.51.100.7/32');
  expect(rtnl.addresses(index).map(({ cidr }) => cidr)).toEqual(['198.51.100.7/32']);
  expect(
    rtnl
      .addresses()
      .map(({ cidr }) => cidr)
      .sort(),
  ).toEqual(['192.0.2.5/24', '198.51.100.7/32']);
});

test('addresses() lists the local address of a point-to-point link, not that of the other end', () => {
  const netns = namespaces.create();
  inNetns(netns, () => execFileSync('ip', 'address add 192.0.2.5 peer 192.0.2.9/32 dev lo'.split(' ')));
  using other = Rtnetlink.open(netns);
  expect(other.addresses('lo').map(({ address }) => address)).toEqual(['192.0.2.5']);
});

test('an invalid change is refused with the reason', () => {
  rtnl.addAddress('eth0', '192.0.2.5/24');
  expect(() => rtnl.addAddress('eth0', '192.0.2.5/24')).toThrow(
    failsWith('EEXIST', { operation: 'add address 192.0.2.5/24 to eth0' }),
  );
  expect(() => rtnl.deleteAddress('eth0', '192.0.2.6/24')).toThrow(failsWith('EADDRNOTAVAIL'));
  expect(() => rtnl.addAddress('missing', '192.0.2.5/24')).toThrow(failsWith('ENODEV'));
  expect(() => rtnl.addresses('missing')).toThrow(failsWith('ENODEV'));
  expect(() => rtnl.addresses(4711)).toThrow(failsWith('ENODEV'));
  expect(() => rtnl.addAddress('eth0', '192.0.2.5')).toThrow(failsWith('EINVAL'));
});
