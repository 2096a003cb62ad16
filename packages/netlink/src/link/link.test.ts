import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';

const namespaces = testNamespaces();
const failsWith = (code: string, more = {}) =>
  expect.objectContaining({ name: 'NetlinkError', code, ...more });

let home: Rtnetlink;
let away: Rtnetlink;
let awayPath: string;

beforeEach(() => {
  home = Rtnetlink.open(namespaces.create());
  awayPath = namespaces.create();
  away = Rtnetlink.open(awayPath);
  onTestFinished(() => {
    home.close();
    away.close();
  });
});

describe('veth', () => {
  test('is created with its peer directly in another namespace', () => {
    home.createVeth({
      name: 'veth0',
      mac: '02:00:00:00:00:01',
      mtu: 1442,
      peer: { name: 'eth0', mac: '02:00:00:00:00:02', mtu: 1400, netns: awayPath },
    });

    const near = home.link('veth0');
    const far = away.link('eth0');
    expect(near).toMatchObject({
      kind: 'veth',
      mac: '02:00:00:00:00:01',
      mtu: 1442,
      up: false,
      carrier: false,
    });
    expect(far).toMatchObject({ kind: 'veth', mac: '02:00:00:00:00:02', mtu: 1400, up: false });
    expect(near?.peerIndex).toBe(far?.index);
    expect(near?.peerNetnsId).toBeTypeOf('number');
    expect(home.link('eth0')).toBeUndefined();
    expect(home.links().map(({ name }) => name)).toEqual(['lo', 'veth0']);
  });

  test('has both ends in one namespace when the peer names none', () => {
    home.createVeth({ name: 'a', up: true, peer: { name: 'b' } });
    const [a, b] = [home.link('a'), home.link('b')];
    expect(a).toMatchObject({ up: true, carrier: false, peerIndex: b?.index });
    expect(b).toMatchObject({ up: false, peerIndex: a?.index });
    expect(a).not.toHaveProperty('peerNetnsId');
  });

  test('has carrier when both ends are up', () => {
    home.createVeth({ name: 'veth0', up: true, peer: { name: 'eth0', netns: awayPath } });
    away.setLink('eth0', { up: true });
    expect([home.link('veth0')?.carrier, away.link('eth0')?.carrier]).toEqual([true, true]);
  });

  test('is deleted with either end', () => {
    home.createVeth({ name: 'veth0', peer: { name: 'eth0', netns: awayPath } });
    away.deleteLink('eth0');
    expect(home.link('veth0')).toBeUndefined();
    expect(() => home.deleteLink('veth0')).toThrow(failsWith('ENODEV', { operation: 'delete link veth0' }));
  });

  test('is refused when a name is taken at either end, and neither end is created', () => {
    home.createVeth({ name: 'veth0', peer: { name: 'eth0', netns: awayPath } });
    expect(() => home.createVeth({ name: 'veth0', peer: { name: 'eth1', netns: awayPath } })).toThrow(
      failsWith('EEXIST', { operation: 'create veth veth0' }),
    );
    expect(() => home.createVeth({ name: 'veth1', peer: { name: 'eth0', netns: awayPath } })).toThrow(
      failsWith('EEXIST'),
    );
    expect(home.links().map(({ name }) => name)).toEqual(['lo', 'veth0']);
    expect(away.links().map(({ name }) => name)).toEqual(['lo', 'eth0']);
  });

  test('is refused when the namespace of the peer does not exist', () => {
    const veth = { name: 'veth0', peer: { name: 'eth0', netns: '/run/netns/nltest-none' } };
    expect(() => home.createVeth(veth)).toThrow(failsWith('ENOENT'));
    expect(() => home.createVeth({ ...veth, peer: { name: 'eth0', netns: '/dev/null' } })).toThrow(
      failsWith('EINVAL'),
    );
    expect(home.link('veth0')).toBeUndefined();
  });

  test('with an invalid name, MAC address or MTU is refused before the kernel sees it', () => {
    const peer = { name: 'eth0', netns: awayPath };
    expect(() => home.createVeth({ name: 'sixteen-bytes-ab', peer })).toThrow(failsWith('EINVAL'));
    expect(() => home.createVeth({ name: 'veth0', peer: { ...peer, name: 'eth%d' } })).toThrow(
      failsWith('EINVAL'),
    );
    expect(() => home.createVeth({ name: 'veth0', mac: '02:00', peer })).toThrow(failsWith('EINVAL'));
    expect(() => home.createVeth({ name: 'veth0', mtu: 1.5, peer })).toThrow(failsWith('EINVAL'));
    expect(home.links()).toHaveLength(1);
  });
});

describe('a link', () => {
  test('is found by name and by index', () => {
    expect(home.link('lo')).toMatchObject({
      index: 1,
      name: 'lo',
      mtu: 65536,
      mac: '00:00:00:00:00:00',
      up: false,
    });
    expect(home.link(1)?.name).toBe('lo');
    expect(home.link(4711)).toBeUndefined();
    expect(() => home.link(0)).toThrow(failsWith('EINVAL'));
  });

  test('changes several properties at once and keeps the others', () => {
    home.createVeth({ name: 'veth0', mtu: 1442, peer: { name: 'eth0', netns: awayPath } });
    home.setLink('veth0', { mac: '02:00:00:00:00:09', alias: 'container 1', rename: 'veth9', up: true });
    expect(home.link('veth9')).toMatchObject({
      mac: '02:00:00:00:00:09',
      mtu: 1442,
      alias: 'container 1',
      up: true,
    });
    home.setLink('veth9', { alias: '', up: false });
    expect(home.link('veth9')).toMatchObject({ mac: '02:00:00:00:00:09', up: false });
    expect(home.link('veth9')).not.toHaveProperty('alias');
    home.setLink(home.link('veth9')?.index ?? 0, { mtu: 1300 });
    expect(home.link('veth9')?.mtu).toBe(1300);
  });

  test('moves to another namespace, with a new name and up', () => {
    home.createVeth({ name: 'a', peer: { name: 'b' } });
    home.setLink('b', { netns: awayPath, rename: 'eth0', up: true });
    expect(home.link('b')).toBeUndefined();
    expect(away.link('eth0')).toMatchObject({ kind: 'veth', up: true });
  });

  test('reports why the kernel refuses a change', () => {
    home.createVeth({ name: 'veth0', peer: { name: 'eth0', netns: awayPath } });
    expect(() => home.setLink('veth0', { mtu: 10 })).toThrow(
      failsWith('EINVAL', { kernelMessage: 'mtu less than device minimum', operation: 'change link veth0' }),
    );
    expect(() => home.setLink('missing', { up: true })).toThrow(failsWith('ENODEV'));
    expect(() => home.setLink('veth0', { rename: 'lo' })).toThrow(failsWith('EEXIST'));
    expect(() => home.setLink('veth0', { master: 'missing' })).toThrow(failsWith('ENODEV'));
  });
});

describe('bridge', () => {
  test('accepts ports and releases them', () => {
    home.createBridge({ name: 'br0', mac: '02:00:00:00:00:0b', mtu: 1400, up: true });
    home.createVeth({ name: 'veth0', peer: { name: 'eth0', netns: awayPath } });
    const bridge = home.link('br0');
    expect(bridge).toMatchObject({ kind: 'bridge', mac: '02:00:00:00:00:0b', mtu: 1400, up: true });

    home.setLink('veth0', { master: 'br0', up: true });
    expect(home.link('veth0')).toMatchObject({ master: bridge?.index, up: true });
    home.setLink('veth0', { master: null });
    expect(home.link('veth0')).not.toHaveProperty('master');
    expect(() => home.createBridge({ name: 'br0' })).toThrow(failsWith('EEXIST'));
  });
});
