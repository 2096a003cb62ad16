import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { NeighborQuery } from './neighbor-query.ts';

const namespaces = testNamespaces();
const FAR = '02:00:00:00:00:02';
let near: string;
let far: string;
let rtnl: Rtnetlink;
let other: Rtnetlink;

/** A cable between two namespaces; the far end has the addresses of a gateway. */
beforeEach(() => {
  [near, far] = [namespaces.create(), namespaces.create()];
  rtnl = Rtnetlink.open(near);
  other = Rtnetlink.open(far);
  onTestFinished(() => {
    rtnl.close();
    other.close();
  });
  rtnl.createVeth({ name: 'eth0', up: true, peer: { name: 'eth1', mac: FAR, netns: far } });
  other.setLink('eth1', { up: true });
  rtnl.addAddress('eth0', '192.0.2.5/24');
  rtnl.addAddress('eth0', '2001:db8::5/64', { noDad: true });
  other.addAddress('eth1', '192.0.2.1/24');
  other.addAddress('eth1', '2001:db8::1/64', { noDad: true });
});

/**
 * Asks until the far end answers, as RFC 4861 section 7.2.2 has it: the kernel answers for an IPv6 address
 * only when it has noticed that the new link has a carrier.
 */
async function answers(query: NeighborQuery): Promise<void> {
  const hasAnswered = () => {
    query.ask();
    expect(query.answer()).toBe(FAR);
  };
  await vi.waitFor(hasAnswered, { timeout: 10_000, interval: 20 });
}

test.each(['192.0.2.1', '2001:db8::1'])(
  'a neighbour with %s answers with its MAC address',
  async (address) => {
    using query = NeighborQuery.open(near, 'eth0', address);
    await answers(query);
    // The kernel's own cache has no entry: the question was not the kernel's.
    expect(rtnl.neighbors('eth0').filter((each) => each.address === address)).toEqual([]);
  },
);

test.each(['192.0.2.99', '2001:db8::99'])(
  'nothing answers for %s, also when others send frames',
  async (address) => {
    using query = NeighborQuery.open(near, 'eth0', address);
    using present = NeighborQuery.open(near, 'eth0', address.replace('99', '1'));
    query.ask();
    await answers(present);
    expect(query.answer()).toBeUndefined();
  },
);

test('a link without an address of that version, a missing link and a text that is no address are errors', () => {
  const open = (link: string, address: string) => () => NeighborQuery.open(near, link, address);
  rtnl.deleteAddress('eth0', '192.0.2.5/24');
  expect(open('eth0', '192.0.2.1')).toThrow(expect.objectContaining({ code: 'EADDRNOTAVAIL' }));
  expect(open('eth7', '192.0.2.1')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
  expect(open('eth0', 'gateway')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});

test('neighbors() shows who has answered the kernel, since when, and who has not', async () => {
  const ip = (...words: string[]) => inNetns(near, () => execFileSync('ip', words));
  ip('neigh', 'replace', '192.0.2.7', 'lladdr', '02:00:00:00:00:07', 'dev', 'eth0', 'nud', 'permanent');
  ip('neigh', 'replace', '192.0.2.8', 'dev', 'eth0', 'nud', 'failed');
  inNetns(near, () => execFileSync('ping', ['-c', '1', '-W', '5', '192.0.2.1']));
  await delay(20);
  const byAddress = new Map(rtnl.neighbors('eth0').map((each) => [each.address, each]));
  const link = rtnl.link('eth0')?.index;
  expect(byAddress.get('192.0.2.1')).toMatchObject({ link, family: 4, mac: FAR, state: 'reachable' });
  const { confirmedMs = -1 } = byAddress.get('192.0.2.1') ?? {};
  expect(confirmedMs).toBeGreaterThan(0);
  expect(confirmedMs).toBeLessThan(10_000);
  expect(byAddress.get('192.0.2.7')).toEqual({
    link,
    family: 4,
    address: '192.0.2.7',
    mac: '02:00:00:00:00:07',
    state: 'permanent',
  });
  expect(byAddress.get('192.0.2.8')).toEqual({ link, family: 4, address: '192.0.2.8', state: 'failed' });
  expect(rtnl.neighbors('lo')).toEqual([]);
});
