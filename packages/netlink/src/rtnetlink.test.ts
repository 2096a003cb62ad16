import { expect, test } from 'vitest';
import { testNamespaces } from '../test/support/test-netns.ts';
import { Rtnetlink } from './rtnetlink.ts';

const namespaces = testNamespaces();

test('more links than fit in one datagram are all listed', () => {
  using rtnl = Rtnetlink.open(namespaces.create());
  const pairs = Array.from({ length: 150 }, (_, i) => [`near${i}`, `far${i}`] as const);
  for (const [name, peer] of pairs) rtnl.createVeth({ name, peer: { name: peer } });
  const names = rtnl.links().map(({ name }) => name);
  expect(names.sort()).toEqual(['lo', ...pairs.flat()].sort());
});

test('a socket stays in its namespace, also when that loses its name', () => {
  using one = Rtnetlink.open(namespaces.create());
  using other = Rtnetlink.open(namespaces.create());
  one.createBridge({ name: 'br-one' });
  other.createBridge({ name: 'br-other' });
  expect([one.link('br-one')?.name, one.link('br-other')]).toEqual(['br-one', undefined]);
  expect([other.link('br-one'), other.link('br-other')?.name]).toEqual([undefined, 'br-other']);
});

test('without a path the namespace is that of the thread', () => {
  using rtnl = Rtnetlink.open();
  expect(rtnl.link('lo')?.index).toBe(1);
});

test('works on after an error', () => {
  using rtnl = Rtnetlink.open(namespaces.create());
  for (let i = 0; i < 5; i++) {
    expect(() => rtnl.deleteLink('gone')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
    expect(() => rtnl.addresses(4711)).toThrow(expect.objectContaining({ code: 'ENODEV' }));
    expect(rtnl.links().map(({ name }) => name)).toEqual(['lo']);
  }
});

test('refuses all work once closed; closing again does nothing', () => {
  const rtnl = Rtnetlink.open(namespaces.create());
  rtnl.close();
  rtnl.close();
  const closed = expect.objectContaining({ name: 'NetlinkError', code: 'EBADF' });
  expect(() => rtnl.links()).toThrow(closed);
  expect(() => rtnl.setLink('lo', { up: true })).toThrow(closed);
  expect(() => rtnl.setChecksumOffload('lo', false)).toThrow(closed);
});
