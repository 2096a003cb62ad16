import type { Network, Subnet } from '@ovn-docker/openstack';
import { pino } from 'pino';
import { fetchPoolFacts, restorePools } from '../../src/agent/restore-pools.ts';
import type { VmSwitch } from '../../src/clients/vm-switch.ts';
import type { PoolMarks } from '../../src/config/agent-config.ts';
import type { Engine } from '../../src/nics/engine.ts';
import { isOurInterface } from '../../src/nics/names.ts';
import type { Target } from '../../src/nics/nic.ts';
import type { NicPool } from '../../src/nics/pool.ts';
import { NicPools } from '../../src/nics/pools.ts';
import { observeChildren, recoverNics, usedVlans } from '../../src/nics/recover.ts';
import { NicRegistry } from '../../src/nics/registry.ts';
import { ReturnedPorts } from '../../src/nics/returned-ports.ts';
import { renewForPool } from '../../src/pools/renew-for-pool.ts';
import { InTurn } from '../../src/queues/in-turn.ts';
import { ParentLinks } from '../../src/vm/parent-link/parent-links.ts';
import type { ParentMode } from '../../src/vm/parent-link/parent-mode.ts';
import { Vlans } from '../../src/vm/vlans.ts';
import type { Vm } from '../../src/vm/vm.ts';
import { FakeNetlink } from './fake-netlink.ts';
import { FakeNeutron } from './fake-neutron.ts';
import { FakeSwitch } from './fake-switch.ts';

/** The engine with everything around it in memory. */
export interface World {
  readonly neutron: FakeNeutron;
  readonly vmSwitch: FakeSwitch;
  readonly links: FakeNetlink;
  readonly vm: Vm;
  readonly engine: Engine;
  readonly target: Target;
  readonly pool: NicPool;
  books(): Books;
}

/** Counts what NICs have in Neutron, in the VM and in the agent's memory. */
interface Books {
  readonly ports: number;
  readonly subports: number;
  readonly rows: number;
  /** Veth pairs. */
  readonly links: number;
  readonly vlans: number;
  readonly nics: number;
}

/** The books of `count` complete NICs. */
export function booksOf(count: number): Books {
  return { ports: count, subports: count, rows: count, links: count, vlans: count, nics: count };
}

export const VIF = 'vif-1';

interface WorldOptions {
  readonly mode?: ParentMode;
  readonly marks?: Partial<PoolMarks>;
  /** The network's subnets; by default one IPv4 subnet. */
  readonly subnets?: readonly Subnet[];
  /** The VM's interfaces in a real kernel instead of `links`. */
  readonly netlink?: Vm['netlink'] | undefined;
}

export function createWorld({
  mode = 'trunk',
  marks = {},
  netlink,
  subnets = [subnetOf('subnet-1', '10.0.0.0/24')],
}: WorldOptions = {}): World {
  const neutron = new FakeNeutron();
  const ids = subnets.map(({ id }) => id);
  const network = { id: 'network-1', name: 'net', mtu: 1442, subnets: ids } as unknown as Network;
  neutron.networks.push(network);
  neutron.subnets.push(...subnets);
  const surroundings = {
    neutron,
    vmSwitch: new FakeSwitch(),
    links: new FakeNetlink(),
    target: { network, subnets },
  };
  // The spread evaluates the getter `pool` now, so that it stays the same pool.
  return { ...createEngine(surroundings, { mode, marks, netlink }) };
}

/**
 * Starts a new agent in the same surroundings: it recovers the NICs and pools, as the real one does at its
 * start.
 */
export async function restart(
  world: World,
  options: Pick<WorldOptions, 'mode' | 'marks' | 'netlink'> = {},
): Promise<World> {
  const next = createEngine(world, { mode: world.vm.parentLinks.mode, ...options });
  const children = await observeChildren(next.engine.neutron, next.vm);
  for (const vlan of usedVlans(children)) next.vm.vlans.markUsed(vlan);
  const nics = await recoverNics(next.engine.neutron, children);
  const facts = await fetchPoolFacts(next.engine, nics, next.vm);
  for (const { vlan } of nics) if (vlan !== undefined) next.vm.vlans.markUsed(vlan);
  const dead = restorePools(next.engine, nics, children, next.vm, facts);
  next.engine.nics.add(...nics);
  for (const [pool, group] of dead) renewForPool(next.engine, pool, group);
  return next;
}

/** The flows on the bridge: FakeSwitch has none, and nothing is ever wrong with them. */
const fakeGuard: Vm['guard'] = {
  protect: async () => false,
  restore: async () => undefined,
  differences: async () => ({ missing: [], stale: [] }),
};

type Surroundings = Pick<World, 'neutron' | 'vmSwitch' | 'links' | 'target'>;

function createEngine(
  { neutron, vmSwitch, links, target }: Surroundings,
  { mode = 'trunk', marks = {}, netlink = links as unknown as Vm['netlink'] }: WorldOptions,
): World {
  const log = pino({ level: 'silent' });
  const vm: Vm = {
    vifId: VIF,
    macs: [],
    parentLinks: new ParentLinks(neutron.client, { vifId: VIF, mode }),
    vlans: new Vlans([], (vlan) => (vmSwitch.vlanUsers().has(vlan) ? 'bridge' : undefined)),
    uplink: 'eth0',
    vmSwitch: vmSwitch as unknown as VmSwitch,
    guard: fakeGuard,
    netlink,
    log,
  };
  const poolMarks: PoolMarks = { low: 0, high: 8, batch: 4, idleMs: 1000, ...marks };
  const engine: Engine = {
    neutron: neutron.client,
    vm: async () => vm,
    confirm: async () => undefined,
    unconfirmed: undefined,
    nics: new NicRegistry(),
    pools: new NicPools(() => poolMarks),
    wake: () => undefined,
    draining: new Set(),
    inTurn: new InTurn(),
    returned: new ReturnedPorts(neutron.client, log),
    log,
  };
  return {
    neutron,
    vmSwitch,
    links,
    vm,
    engine,
    target,
    get pool() {
      return engine.pools.of(target);
    },
    books: () => ({
      ports: neutron.ports.size,
      subports: neutron.subports.size,
      rows: vmSwitch.rows.size,
      links: netlink.links().filter(({ name }) => isOurInterface(name)).length / 2,
      vlans: vm.vlans.used,
      nics: engine.nics.size + engine.draining.size,
    }),
  };
}

export function subnetOf(id: string, cidr: string, more: Partial<Subnet> = {}): Subnet {
  const base = cidr.split('.').slice(0, 3).join('.');
  return {
    id,
    cidr,
    network_id: 'network-1',
    ip_version: 4,
    gateway_ip: `${base}.1`,
    allocation_pools: [{ start: `${base}.2`, end: `${base}.254` }],
    host_routes: [],
    dns_nameservers: [],
    ...more,
  } as unknown as Subnet;
}
