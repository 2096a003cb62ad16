import { constants } from 'node:os';
import { type Link, NetlinkError } from '@ovn-docker/netlink';
import type { Network, Subnet } from '@ovn-docker/openstack';
import { pino } from 'pino';
import { restorePools } from '../../src/agent/restore-pools.ts';
import type { AccessPort, PluggedPort, VmSwitch } from '../../src/clients/vm-switch.ts';
import type { PoolMarks } from '../../src/config/agent-config.ts';
import type { Engine } from '../../src/nics/engine.ts';
import type { Target } from '../../src/nics/nic.ts';
import type { NicPool } from '../../src/nics/pool.ts';
import { NicPools } from '../../src/nics/pools.ts';
import { observeChildren, recoverNics, usedVlans } from '../../src/nics/recover.ts';
import { NicRegistry } from '../../src/nics/registry.ts';
import { ReturnedPorts } from '../../src/nics/returned-ports.ts';
import { InTurn } from '../../src/queues/in-turn.ts';
import { ParentLinks } from '../../src/vm/parent-link/parent-links.ts';
import type { ParentMode } from '../../src/vm/parent-link/parent-mode.ts';
import { Vlans } from '../../src/vm/vlans.ts';
import type { Vm } from '../../src/vm/vm.ts';
import { FakeNeutron } from './fake-neutron.ts';

/** The VM's switch in memory; every change takes a turn of the event loop, as a transaction does. */
class FakeSwitch {
  readonly bridge = 'br0';
  readonly isUserspace = false;
  readonly rows = new Map<string, PluggedPort>();
  /** Thrown by the next change. */
  failure: Error | undefined;
  #notes: Record<string, string> = {};

  ports = () => [...this.rows.values()];
  port = (name: string) => this.rows.get(name);
  notes = () => this.#notes;

  async writeNote(key: string, value: string | undefined): Promise<void> {
    const { [key]: _, ...rest } = this.#notes;
    this.#notes = value === undefined ? rest : { ...rest, [key]: value };
  }

  async plug(ports: readonly AccessPort[]): Promise<void> {
    await this.#turn();
    for (const port of ports) if (!this.rows.has(port.name)) this.rows.set(port.name, port);
  }

  async unplug(names: readonly string[]): Promise<void> {
    if (!names.some((name) => this.rows.has(name))) return;
    await this.#turn();
    for (const name of names) this.rows.delete(name);
  }

  async annotate(name: string, notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    await this.#turn();
    const row = this.rows.get(name);
    if (!row) return;
    const entries = Object.entries({ ...row.externalIds, ...notes });
    const externalIds = Object.fromEntries(
      entries.filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    this.rows.set(name, { ...row, externalIds });
  }

  async untilApplied(): Promise<void> {
    await this.#turn();
  }

  async retag(name: string, vlan: number): Promise<void> {
    await this.#turn();
    const row = this.rows.get(name);
    if (row) this.rows.set(name, { ...row, vlan });
  }

  async #turn(): Promise<void> {
    await Promise.resolve();
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}

/** The VM's interfaces in memory. */
class FakeLinks {
  readonly byName = new Map<string, { name: string; alias?: string; mac?: string; mtu?: number }>();

  link = (name: string) => this.byName.get(name);
  links = () => [...this.byName.values()] as unknown as Link[];

  createVeth({
    name,
    mtu,
    peer,
  }: {
    name: string;
    mtu?: number;
    peer: { name: string; mac: string; mtu?: number };
  }) {
    this.byName.set(name, { name, ...(mtu === undefined ? {} : { mtu }) });
    this.byName.set(peer.name, peer);
  }

  setLink(name: string, { alias }: { alias?: string }): void {
    const link = this.byName.get(name);
    if (link && alias !== undefined) link.alias = alias;
  }

  /** Deletes both ends of the pair. */
  deleteLink(name: string): void {
    if (!this.byName.has(name)) {
      throw new NetlinkError({ operation: `delete link ${name}`, errno: constants.errno.ENODEV });
    }
    const vmEnd = name.replace(/c$/, '');
    this.byName.delete(vmEnd);
    this.byName.delete(`${vmEnd}c`);
  }
}

/** The engine with everything around it in memory. */
export interface World {
  readonly neutron: FakeNeutron;
  readonly vmSwitch: FakeSwitch;
  readonly links: FakeLinks;
  readonly vm: Vm;
  readonly engine: Engine;
  readonly target: Target;
  readonly pool: NicPool;
  /** Counts what NICs have in Neutron, in the VM and in the agent's memory. */
  books(): { ports: number; subports: number; rows: number; links: number; vlans: number; nics: number };
}

export const VIF = 'vif-1';

interface WorldOptions {
  readonly mode?: ParentMode;
  readonly marks?: Partial<PoolMarks>;
  /** The network's subnets; by default one IPv4 subnet. */
  readonly subnets?: readonly Subnet[];
}

export function createWorld({
  mode = 'trunk',
  marks = {},
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
    links: new FakeLinks(),
    target: { network, subnets },
  };
  // The spread evaluates the getter `pool` now, so that it stays the same pool.
  return { ...createEngine(surroundings, { mode, marks }) };
}

/**
 * Starts a new agent in the same surroundings: it recovers the NICs and pools, as the real one does at its
 * start.
 */
export async function restart(
  world: World,
  options: Pick<WorldOptions, 'mode' | 'marks'> = {},
): Promise<World> {
  const next = createEngine(world, { mode: world.vm.parentLinks.mode, ...options });
  const children = await observeChildren(next.engine.neutron, next.vm);
  for (const vlan of usedVlans(children)) next.vm.vlans.markUsed(vlan);
  const nics = await recoverNics(next.engine.neutron, children);
  await restorePools(next.engine, nics, children, next.vm);
  next.engine.nics.add(...nics);
  return next;
}

type Surroundings = Pick<World, 'neutron' | 'vmSwitch' | 'links' | 'target'>;

function createEngine(
  { neutron, vmSwitch, links, target }: Surroundings,
  { mode = 'trunk', marks = {} }: WorldOptions,
): World {
  const log = pino({ level: 'silent' });
  const vm: Vm = {
    vifId: VIF,
    macs: [],
    parentLinks: new ParentLinks(neutron.client, { vifId: VIF, mode }),
    vlans: new Vlans(),
    vmSwitch: vmSwitch as unknown as VmSwitch,
    netlink: links as unknown as Vm['netlink'],
    log,
  };
  const poolMarks: PoolMarks = { low: 0, high: 8, batch: 4, idleMs: 1000, ...marks };
  const engine: Engine = {
    neutron: neutron.client,
    vm: async () => vm,
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
      links: links.byName.size / 2,
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
