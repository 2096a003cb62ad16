import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { PrivateNetns, Rtnetlink } from '@ovn-docker/netlink';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { booksOf, createWorld, restart, subnetOf, type World } from '../../../test/support/world.ts';
import type { DockerEngine } from '../../clients/docker-engine.ts';
import { acquire } from '../../lifecycle/acquire.ts';
import { deleteNetwork } from '../../networks/delete-network.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { interfaceNames, rowKeys } from '../../nics/names.ts';
import type { PluggedNic } from '../../nics/nic.ts';
import { drainPool } from '../../pools/drain-pool.ts';
import { fillPool } from '../../pools/fill-pool.ts';
import { Reconciler } from '../../reconcile/reconcile.ts';
import { Outposts } from './outposts.ts';

// The VM's interfaces are real, in a namespace of its own; Neutron and the VM's switch are in memory.
let home: PrivateNetns;
let netlink: Rtnetlink;
let world: World;
let outposts: Outposts;

beforeEach(() => {
  home = PrivateNetns.create();
  netlink = Rtnetlink.open(home.path);
  world = createWorld({ netlink });
  outposts = new Outposts(world.engine, home.path);
});
afterEach(() => {
  outposts[Symbol.dispose]();
  netlink.close();
  home.close();
  vi.useRealTimers();
});

/** The NICs that the agent uses itself. */
const own = () => world.engine.nics.all().filter(({ claim }) => claim?.leave) as PluggedNic[];

/** Fills the pool, and has an outpost claim one of its NICs. */
async function settle(warm = 2): Promise<{ netns: string; nic: PluggedNic }> {
  await fillPool(world.engine, world.pool, warm);
  const netns = await outposts.netnsFor(world.target);
  const [nic] = own();
  if (netns === undefined || !nic) throw new Error('there is no outpost');
  return { netns, nic };
}

const expectGone = (netns: string) => expect([own(), existsSync(netns)]).toEqual([[], false]);

it('claims one warm NIC for all probes of a target, and puts it into a namespace of its own', async () => {
  await fillPool(world.engine, world.pool, 2);
  const [netns = '', same] = await Promise.all([
    outposts.netnsFor(world.target),
    outposts.netnsFor(world.target),
  ]);
  expect(await outposts.netnsFor(world.target)).toBe(netns);
  expect(same).toBe(netns);
  const [nic, ...others] = own();
  expect([others, world.pool.warm]).toEqual([[], 1]);
  using inside = Rtnetlink.open(netns);
  expect(inside.link('eth0')).toMatchObject({ mac: nic?.port.mac_address, up: true });
  const address = `${nic?.port.fixed_ips[0]?.ip_address}/24`;
  expect(inside.addresses('eth0')).toContainEqual(expect.objectContaining({ cidr: address }));
  // The next agent reads the claim here.
  const row = world.vmSwitch.rows.get(interfaceNames(nic?.vlan ?? 0).vmEnd);
  expect(row?.externalIds).toHaveProperty(rowKeys.label, nic?.claim?.label);
});

it('gives the NIC back as it was when the last probed container of its target leaves', async () => {
  const { netns, nic } = await settle();
  const { vmEnd } = interfaceNames(nic.vlan);
  const before = netlink.link(vmEnd)?.index;
  await outposts.keepOnly([{ ...world.target }]);
  expect(existsSync(netns)).toBe(true);
  await outposts.keepOnly([]);
  await world.pool.whenMade();
  expectGone(netns);
  // The same pair: no new one was made.
  expect([world.pool.warm, netlink.link(vmEnd)?.index, world.books()]).toEqual([2, before, booksOf(2)]);
});

it('a target that is left with another network’s outpost loses its own only', async () => {
  const network = { ...world.target.network, id: 'network-2', name: 'other', subnets: ['subnet-2'] };
  const other = { network, subnets: [subnetOf('subnet-2', '10.2.0.0/24', { network_id: 'network-2' })] };
  world.neutron.networks.push(network);
  world.neutron.subnets.push(...other.subnets);
  await fillPool(world.engine, world.engine.pools.of(other), 1);
  const { netns } = await settle(1);
  const others = (await outposts.netnsFor(other)) ?? '';
  await outposts.keepOnly([other]);
  expect([existsSync(netns), existsSync(others)]).toEqual([false, true]);
  expect(own().map(({ target }) => target.network.id)).toEqual(['network-2']);
});

const RECORD = { network: 'network-1', subnets: [], made: false };

const drains: [what: string, drain: () => Promise<unknown>][] = [
  ['a user drains the pool', () => drainPool(world.engine, world.pool)],
  ['a user deletes the Docker network', () => deleteNetwork(world.engine, 'docker-1')],
];

it.each(drains)('%s: the outpost leaves, and its NIC is deleted with the others', async (_, drain) => {
  await dockerNetworks.put(world.vm.vmSwitch, 'docker-1', RECORD);
  const { netns } = await settle();
  await drain();
  expectGone(netns);
  expect(world.books()).toEqual(booksOf(0));
});

it.each(drains)('%s while an outpost is being made: nothing is left', async (_, drain) => {
  await dockerNetworks.put(world.vm.vmSwitch, 'docker-1', RECORD);
  // The pool is empty, so the agent asks Neutron for a port.
  const asking = world.neutron.hold('ports.create');
  const opening = outposts.netnsFor(world.target);
  await asking.arrived;
  const drained = drain();
  await turn();
  asking.open();
  await Promise.all([opening, drained]);
  expect([own(), world.books()]).toEqual([[], booksOf(0)]);
});

it('a container that asks for its address gets it', async () => {
  const { netns, nic } = await settle();
  const [{ ip_address: address } = { ip_address: '' }] = nic.port.fixed_ips;
  const wants = { name: 'web', addresses: [address] };
  const { port } = await acquire(world.engine, { pool: world.pool, wants, claim: { label: 'web' } });
  expect(port.fixed_ips).toMatchObject([{ ip_address: address }]);
  expectGone(netns);
  expect(world.books()).toEqual(booksOf(2));
});

it('without a NIC, and after it gave one back, waits a minute before it claims the next', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  world.neutron.fail('ports.create', refusal(409, 'OverQuota'));
  expect(await outposts.netnsFor(world.target)).toBeUndefined();
  expect(world.books()).toEqual(booksOf(0));
  await fillPool(world.engine, world.pool, 1);
  vi.advanceTimersByTime(59_000);
  expect(await outposts.netnsFor(world.target)).toBeUndefined();
  vi.advanceTimersByTime(2000);
  expect(await outposts.netnsFor(world.target)).toBeTypeOf('string');
  await drainPool(world.engine, world.pool);
  await fillPool(world.engine, world.pool, 1);
  expect(await outposts.netnsFor(world.target)).toBeUndefined();
  vi.advanceTimersByTime(61_000);
  expect(await outposts.netnsFor(world.target)).toBeTypeOf('string');
});

it('a pool that a user has emptied stays empty until a container asks for a NIC', async () => {
  world.pool.holdEmpty('a user drained it');
  expect(await outposts.netnsFor(world.target)).toBeUndefined();
  expect(world.books()).toEqual(booksOf(0));
  world.pool.recordRequest();
  expect(await outposts.netnsFor(world.target)).toBeTypeOf('string');
});

it('a NIC that cannot enter a namespace returns to its pool', async () => {
  await fillPool(world.engine, world.pool, 2);
  vi.spyOn(PrivateNetns, 'create').mockImplementationOnce(() => {
    throw new Error('ENOSPC');
  });
  expect(await outposts.netnsFor(world.target)).toBeUndefined();
  await world.pool.whenMade();
  expect([own(), world.pool.warm, world.books()]).toEqual([[], 2, booksOf(2)]);
});

it('an interface that disappeared in its namespace is made again', async () => {
  const { netns } = await settle();
  using inside = Rtnetlink.open(netns);
  inside.deleteLink('eth0');
  await outposts.keepOnly([]);
  await world.pool.whenMade();
  expect([own(), world.pool.warm, world.books()]).toEqual([[], 2, booksOf(2)]);
});

it('the agent is killed: the next one finds a claim without a container, and the NIC returns to its pool', async () => {
  const { netns, nic } = await settle();
  // As the kernel does it when the process ends: nothing else knows the namespace.
  outposts[Symbol.dispose]();
  await vi.waitFor(() => expect(netlink.link(interfaceNames(nic.vlan).vmEnd)).toBeUndefined());
  expect(existsSync(netns)).toBe(false);

  const next = await restart(world, { netlink });
  const found = next.engine.nics.get(nic.id);
  expect(found).toMatchObject({ state: 'claimed', claim: { label: nic.claim?.label } });
  expect(found?.claim).not.toHaveProperty('leave');
  const docker: Pick<DockerEngine, 'networks' | 'containersWithLabel'> = {
    networks: async () => new Map(),
    containersWithLabel: async () => [],
  };
  const options = { driver: 'ovn', patienceMs: 0 };
  const reconciler = new Reconciler(next.engine, docker as unknown as DockerEngine, options);
  const findings = (await reconciler.run({ confirmed: true })).map(({ finding }) => finding);
  expect(findings).toContainEqual(
    expect.objectContaining({ kind: 'dead container', nic: expect.objectContaining({ id: nic.id }) }),
  );
  await next.pool.whenMade();
  expect([next.pool.warm, next.books()]).toEqual([2, booksOf(2)]);
});
