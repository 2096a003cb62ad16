import { expect, test } from 'vitest';
import { testNamespaces } from '../test/support/test-netns.ts';
import { Rtnetlink } from './rtnetlink.ts';

const namespaces = testNamespaces();

test('links() returns all links when they do not fit in one datagram', () => {
  using rtnl = Rtnetlink.open(namespaces.create());
  const pairs = Array.from({ length: 150 }, (_, i) => [`near${i}`, `far${i}`] as const);
  for (const [name, peer] of pairs) rtnl.createVeth({ name, peer: { name: peer } });
  const names = rtnl.links().map(({ name }) => name);
  expect(names.sort()).toEqual(['lo', ...pairs.flat()].sort());
});

test('a socket stays in the namespace in which it was opened', () => {
  using one = Rtnetlink.open(namespaces.create());
  using other = Rtnetlink.open(namespaces.create());
  one.createBridge({ name: 'br-one' });
  other.createBridge({ name: 'br-other' });
  expect([one.link('br-one')?.name, one.link('br-other')]).toEqual(['br-one', undefined]);
  expect([other.link('br-one'), other.link('br-other')?.name]).toEqual([undefined, 'br-other']);
});

test('without a path the socket is in the namespace of the thread', () => {
  using rtnl = Rtnetlink.open();
  expect(rtnl.link('lo')?.index).toBe(1);
});

test('a socket still works after an error', () => {
  using rtnl = Rtnetlink.open(namespaces.create());
  for (let i = 0; i < 5; i++) {
    expect(() => rtnl.deleteLink('missing')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
    expect(() => rtnl.addresses(4711)).toThrow(expect.objectContaining({ code: 'ENODEV' }));
    expect(rtnl.links().map(({ name }) => name)).toEqual(['lo']);
  }
});

test('a closed socket refuses every call; a second close does nothing', () => {
  const rtnl = Rtnetlink.open(namespaces.create());
  rtnl.close();
  rtnl.close();
  const closed = expect.objectContaining({ name: 'NetlinkError', code: 'EBADF' });
  expect(() => rtnl.links()).toThrow(closed);
  expect(() => rtnl.setLink('lo', { up: true })).toThrow(closed);
  expect(() => rtnl.setChecksumOffload('lo', false)).toThrow(closed);
});
