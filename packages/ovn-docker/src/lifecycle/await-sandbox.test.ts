import { createNetns, deleteNetns, Rtnetlink } from '@ovn-docker/netlink';
import type { Network, Port } from '@ovn-docker/openstack';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWorld, subnetOf } from '../../test/support/world.ts';
import type { Nic } from '../nics/nic.ts';
import { SandboxWaiters } from './await-sandbox.ts';

/** Real interfaces: one namespace is the VM, the other one the container. */
const id = crypto.randomUUID().slice(0, 8);
const MAC = '02:00:00:00:00:05';
let netlink: Rtnetlink;
let sandbox: string;
let waiters: SandboxWaiters;

beforeEach(() => {
  netlink = Rtnetlink.open(createNetns(`vm-${id}`));
  sandbox = createNetns(`sandbox-${id}`);
  netlink.createVeth({ name: 'ovn-7', peer: { name: 'ovn-7c', mac: MAC } });
  netlink.setLink('ovn-7', { up: true });
  waiters = new SandboxWaiters(pino({ level: 'silent' }));
});
afterEach(() => {
  netlink.close();
  for (const name of [`vm-${id}`, `sandbox-${id}`]) deleteNetns(name);
});

const nicWith = (gateways: readonly string[]): Nic => ({
  id: 'n',
  neutron: createWorld().engine.neutron,
  target: { network: { id: '00a0b0c0' } as Network, subnets: [subnetOf('s', '10.0.0.0/24')] },
  wants: { name: '' },
  state: 'claimed',
  vlan: 7,
  port: { mac_address: MAC } as unknown as Port,
  claim: { since: 0, promised: new Set(), published: '80/tcp', gateways, sandbox },
});
const waitFor = (nic: Nic) => waiters.add(nic, { ...createWorld().vm, netlink });

/** What dockerd does with the interface, in its order. */
function moveInterface(cidr = '10.0.0.5/24'): void {
  netlink.setLink('ovn-7c', { netns: sandbox, rename: 'eth0' });
  using inside = Rtnetlink.open(sandbox);
  inside.addAddress('eth0', cidr, { noDad: true });
  inside.setLink('eth0', { up: true });
}

function defaults(): string[] {
  using inside = Rtnetlink.open(sandbox);
  return inside.routes().flatMap(({ to, via, metric }) => (to === 'default' ? `${via} ${metric ?? 0}` : []));
}

it('scenario 47: adds the default route as soon as dockerd has brought the interface up, once', async () => {
  waitFor(nicWith(['10.0.0.1']));
  waiters.look();
  expect(defaults()).toEqual([]);
  moveInterface();
  await vi.waitFor(() => expect(defaults()).toEqual(['10.0.0.1 4106']));
  waitFor(nicWith(['10.0.0.1']));
  waiters.look();
  expect(defaults()).toEqual(['10.0.0.1 4106']);
});

it('scenario 47: leaves Docker’s own default route in use', async () => {
  moveInterface();
  using inside = Rtnetlink.open(sandbox);
  inside.addRoute({ to: 'default', via: '10.0.0.99' });
  waitFor(nicWith(['10.0.0.1']));
  waiters.look();
  expect(defaults()).toEqual(['10.0.0.99 0', '10.0.0.1 4106']);
});

it('adds no route of an IP version that the container does not have', () => {
  moveInterface();
  waitFor(nicWith(['fd00::1', '10.0.0.1']));
  waiters.look();
  expect(defaults()).toEqual(['10.0.0.1 4106']);
});

it('adds an IPv6 default route', () => {
  moveInterface('fd00::5/64');
  waitFor(nicWith(['fd00::1']));
  waiters.look();
  expect(defaults()).toEqual(['fd00::1 4106']);
});

it('a NIC that another container has claimed meanwhile gets no route', () => {
  const nic = nicWith(['10.0.0.1']);
  waitFor(nic);
  nic.claim = { since: 1, promised: new Set() };
  moveInterface();
  waiters.look();
  expect(defaults()).toEqual([]);
});
