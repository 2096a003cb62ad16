import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { announceLink } from './announce-link.ts';

const namespaces = testNamespaces();
const OLD = '02:00:00:00:00:01';
const NEW = '02:00:00:00:00:02';
const ADDRESSES = ['192.0.2.1', '2001:db8::1'];

test('neighbours that know an address by an old MAC address learn the new one', async () => {
  const [machine, neighbour] = [namespaces.create(), namespaces.create()];
  using inside = Rtnetlink.open(machine);
  using outside = Rtnetlink.open(neighbour);
  inside.createVeth({ name: 'eth0', mac: NEW, up: true, peer: { name: 'eth0', netns: neighbour } });
  outside.setLink('eth0', { up: true });
  inside.addAddress('eth0', `${ADDRESSES[0]}/24`);
  inside.addAddress('eth0', `${ADDRESSES[1]}/64`, { noDad: true });
  const ip = (...words: string[]) =>
    inNetns(neighbour, () => execFileSync('ip', words, { encoding: 'utf8' }));
  ip('address', 'add', '192.0.2.2/24', 'dev', 'eth0');
  ip('address', 'add', '2001:db8::2/64', 'dev', 'eth0', 'nodad');
  for (const to of ADDRESSES) ip('neigh', 'add', to, 'dev', 'eth0', 'lladdr', OLD, 'nud', 'reachable');

  announceLink(machine, 'eth0');
  for (const to of ADDRESSES)
    await vi.waitFor(() => expect(ip('neigh', 'show', to, 'dev', 'eth0')).toContain(NEW), 5000);
});

test('a link that is down is an error', () => {
  const netns = namespaces.create();
  using inside = Rtnetlink.open(netns);
  inside.createVeth({ name: 'eth0', peer: { name: 'eth1' } });
  inside.addAddress('eth0', '192.0.2.1/24');
  expect(() => announceLink(netns, 'eth0')).toThrow(expect.objectContaining({ code: 'ENETDOWN' }));
});

test('a missing link is an error', () => {
  const netns = namespaces.create();
  expect(() => announceLink(netns, 'eth7')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
});
