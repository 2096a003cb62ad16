import { execFileSync } from 'node:child_process';
import { createNetns, deleteNetns, inNetns, Rtnetlink } from '@ovn-docker/netlink';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pluggedPort } from '../../test/support/plugged-port.ts';
import { createWorld, type World } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import { announceNics } from './announce-nics.ts';

/** MAC address of the port that had the container's address before. */
const FORMER_MAC = '02:00:00:00:00:01';
// Real namespaces: the container's, and a neighbour's whose neighbor cache has the former MAC address.
const names = { container: `announce-${process.pid}-c`, neighbour: `announce-${process.pid}-n` };
let netns: Record<keyof typeof names, string>;
let world: World;
let nic: Nic;
let reportLinkUp: (name: string) => void;
let stop: AbortController;

beforeEach(async () => {
  netns = { container: createNetns(names.container), neighbour: createNetns(names.neighbour) };
  world = createWorld();
  stop = new AbortController();
  nic = await acquire(world.engine, { pool: world.pool, wants: { name: '' }, claim: { label: 'l' } });
});

afterEach(() => {
  stop.abort();
  for (const name of Object.values(names)) deleteNetns(name);
});

const address = () => nic.port?.fixed_ips[0]?.ip_address ?? '';
const ip = (...words: string[]) =>
  inNetns(netns.neighbour, () => execFileSync('ip', words, { encoding: 'utf8' }));
const remember = (mac: string) =>
  ip('neigh', 'replace', address(), 'dev', 'eth0', 'lladdr', mac, 'nud', 'reachable');
const cachedMac = () => /lladdr (\S+)/.exec(ip('neigh', 'show', address(), 'dev', 'eth0'))?.[1];

function watch(): void {
  const vmSwitch = {
    port: (name: string) => pluggedPort({ name, externalIds: { [rowKeys.nic]: nic.id } }),
    onLinkUp: (listener: (name: string) => void) => {
      reportLinkUp = listener;
      return () => undefined;
    },
  };
  announceNics(world.engine, vmSwitch, stop.signal);
}

/** Starts the container: creates its eth0 with the NIC's MAC address and addresses. */
function startContainer(mac: string): void {
  using inside = Rtnetlink.open(netns.container);
  using outside = Rtnetlink.open(netns.neighbour);
  const peer = { name: 'eth0', netns: netns.neighbour };
  inside.createVeth({ name: 'eth0', mac, up: true, peer });
  outside.setLink('eth0', { up: true });
  outside.addAddress('eth0', '10.0.0.254/24');
  inside.addAddress('eth0', `${address()}/24`);
  nic.place = { netns: netns.container, interfaceName: 'eth0' };
}

it('announces new addresses, so that a neighbour learns the MAC address, and announces them once', async () => {
  const { mac_address: mac = '' } = nic.port ?? {};
  world.engine.nics.remove(nic);
  watch();
  // The container starts after the agent.
  world.engine.nics.add(nic);
  startContainer(mac);
  remember(FORMER_MAC);
  reportLinkUp('ovn-1');
  await vi.waitFor(() => expect(cachedMac()).toBe(mac), 5000);

  // Wait until all three announcements are sent.
  const run = vi.spyOn(world.engine.inTurn, 'run');
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(2), 5000);
  reportLinkUp('ovn-1');
  await new Promise(setImmediate);
  expect(run).toHaveBeenCalledTimes(2);
  if (nic.port) nic.port = { ...nic.port, fixed_ips: [{ ip_address: '10.0.0.77', subnet_id: 'subnet-1' }] };
  reportLinkUp('ovn-1');
  expect(run).toHaveBeenCalledTimes(3);
});

it('does not announce addresses that a container had before the agent started', () => {
  watch();
  const run = vi.spyOn(world.engine.inTurn, 'run');
  reportLinkUp('ovn-1');
  expect(run).not.toHaveBeenCalled();
});
