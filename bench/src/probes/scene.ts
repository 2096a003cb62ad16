import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inNetns, PrivateNetns, Rtnetlink } from '@ovn-docker/netlink';
import { attach } from '../../../packages/ovn-docker/src/attach/attach.ts';
import type { ProbedContainer } from '../../../packages/ovn-docker/src/health/probes/prober.ts';
import { acquire } from '../../../packages/ovn-docker/src/lifecycle/acquire.ts';
import { interfaceNames } from '../../../packages/ovn-docker/src/nics/names.ts';
import type { Claim, PluggedNic } from '../../../packages/ovn-docker/src/nics/nic.ts';
import { fillPool } from '../../../packages/ovn-docker/src/pools/fill-pool.ts';
import { createWorld, subnetOf, type World } from '../../../packages/ovn-docker/test/support/world.ts';

/** Containers of one VM, ready to be probed. */
export interface ProbeScene extends AsyncDisposable {
  readonly world: World;
  readonly containers: readonly ProbedContainer[];
}

/**
 * The containers have these in turn. Two thirds ask their gateway: the others need two entries each of the
 * kernel's table of neighbors, which has 1,024 for all namespaces of a computer (arp(7), gc_thresh3).
 */
const LABELS = ['gateway', 'tcp:80', 'gateway', 'gateway', 'http:80/', 'gateway'] as const;

/**
 * A VM in a network namespace of its own, and containers in theirs: real veth pairs, made and moved by the
 * agent's own stages, and a server on port 80 of each container, all in another process. Neutron and the VM's
 * switch are in memory; in place of the hypervisor, the VM's kernel routes between the pairs, and answers ARP
 * for the gateway.
 */
export async function raiseProbeScene(count: number): Promise<ProbeScene> {
  await using opened = new AsyncDisposableStack();
  const home = opened.use(PrivateNetns.create());
  inNetns(home.path, () => {
    for (const name of ['ip_forward', 'conf/all/proxy_arp']) writeFileSync(`/proc/sys/net/ipv4/${name}`, '1');
  });
  const netlink = opened.use(Rtnetlink.open(home.path));
  netlink.setLink('lo', { up: true });
  netlink.addAddress('lo', '10.0.0.1/32');
  const world = createWorld({
    netlink,
    marks: { high: count },
    subnets: [subnetOf('subnet-1', '10.0.0.0/16')],
  });
  // The NIC from which the agent probes.
  await fillPool(world.engine, world.pool, 1);
  for (const nic of world.engine.nics.all()) route(home, netlink, nic as PluggedNic);
  const namespaces: PrivateNetns[] = [];
  const neighbors: string[] = [];
  const containers: ProbedContainer[] = [];
  for (let index = 0; index < count; index++) {
    const netns = opened.use(PrivateNetns.create());
    namespaces.push(netns);
    const nic = await makeNic(world, index, netns.path);
    route(home, netlink, nic);
    neighbors.push(neighborOf(nic));
    const label = LABELS[index % LABELS.length] ?? 'gateway';
    containers.push({ id: `container-${index}`, label, nics: [{ nic, claim: nic.claim as Claim }] });
  }
  // A hypervisor needs no entries in the kernel's table of neighbors; permanent ones do not count there.
  execFileSync('nsenter', [`--net=${home.path}`, 'ip', '-batch', '-'], { input: neighbors.join('\n') });
  opened.use(await startServers(namespaces.map(({ path }) => path)));
  const kept = opened.move();
  return { world, containers, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function makeNic({ engine, pool, vm }: World, index: number, netns: string): Promise<PluggedNic> {
  const [high, low] = [index >> 8, index & 255];
  const mac = `fa:16:3e:01:${[high, low].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
  const wants = { name: '', mac, addresses: [`10.0.${high + 1}.${low}`] };
  const nic = await acquire(engine, { pool, wants, claim: { label: `label-${index}` } });
  nic.place = { netns, interfaceName: 'eth0' };
  await attach([nic], vm, 'enter container', 'make veth');
  return nic;
}

/** The VM's kernel reaches the NIC's address through its pair, and answers there for the other NICs. */
function route(home: PrivateNetns, netlink: Rtnetlink, { port, vlan }: PluggedNic): void {
  const [address] = port.fixed_ips;
  const { vmEnd } = interfaceNames(vlan);
  netlink.addRoute({ to: `${address?.ip_address}/32`, link: vmEnd });
  // By default, the kernel waits for up to a second before it answers ARP for another.
  inNetns(home.path, () => writeFileSync(`/proc/sys/net/ipv4/neigh/${vmEnd}/proxy_delay`, '0'));
}

/** A line of `ip -batch` for the VM's end of the NIC's pair. */
function neighborOf({ port, vlan }: PluggedNic): string {
  const [address] = port.fixed_ips;
  const { vmEnd } = interfaceNames(vlan);
  return `neigh replace ${address?.ip_address} lladdr ${port.mac_address} dev ${vmEnd} nud permanent`;
}

/** Starts the containers' servers in one process. */
async function startServers(namespaces: readonly string[]): Promise<AsyncDisposable> {
  const program = join(import.meta.dirname, 'servers.ts');
  const child = spawn(process.execPath, ['--conditions=source', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.write(`${JSON.stringify(namespaces)}\n`);
  await once(createInterface(child.stdout), 'line');
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
