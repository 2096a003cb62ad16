/**
 * Measures embedded-neutron on a real ovsdb-server, alone and with a second replica: what a port costs when
 * many exist, and what a list costs. CPU time counts, because the machines of this project are shared.
 * NEUTRON_PORTS sets the number of ports; the default is 50,000, a fifth of them on one network.
 */
import { startNorthbound } from '../../../packages/embedded-neutron/test/support/northbound.ts';
import { ReplicaProcess } from '../../../packages/embedded-neutron/test/support/replica-process.ts';
import type { Line } from '../line.ts';
import { median, quantile } from '../statistics.ts';

const PORTS = Number(process.env['NEUTRON_PORTS'] ?? 50_000);
const BULK = 200;
/** Filters that find one port. */
const FILTERS = ['id', 'device_id', 'tags', 'fixed_ips'] as const;

interface Cost {
  /** CPU time of all replicas per request, in ms. */
  readonly cpuMs: number;
  readonly perSecond: number;
  readonly latencies: readonly number[];
}

/** Yields the lines as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  await using nb = await startNorthbound();
  await using one = await ReplicaProcess.start(nb);
  const empty = { resident: one.residentKb, live: await one.liveKb(), cpuMs: one.cpuMs };
  const [small, big, other] = [
    await makeNetwork(one, '10.1.0.0/16'),
    await makeNetwork(one, '10.2.0.0/16'),
    await makeNetwork(one, '10.4.0.0/14'),
  ];
  await fill(one, small, 100);
  await post([one], small, 1, 300);
  const [single, eight] = [await post([one], small, 1, 300), await post([one], small, 8, 600)];
  const before = await lists(one, small);
  yield {
    name: 'POST port at 8 clients, 100 ports: CPU',
    value: eight.cpuMs,
    unit: 'ms',
    detail: `${eight.perSecond.toFixed(0)}/s, p99 ${quantile(eight.latencies, 0.99).toFixed(1)} ms`,
  };
  yield { name: 'POST port at 1 client, p50', value: median(single.latencies), unit: 'ms', atMost: 4 };
  {
    await using two = await ReplicaProcess.start(nb);
    const rates: [number[], number[]] = [[], []];
    for (let round = 0; round < 4; round++) {
      rates[0].push((await post([one], small, 16, 300)).perSecond);
      rates[1].push((await post([one, two], small, 16, 300)).perSecond);
    }
    const value = median(rates[1]) / median(rates[0]);
    yield { name: 'two replicas against one, 16 clients: rate', value, unit: '×', atLeast: 1.5 };
    yield* bulkBeside(one, two, small);
  }
  const resident = one.residentKb;
  await fill(one, big, PORTS / 5);
  await fill(one, other, (PORTS * 4) / 5);
  const [singleBig, eightBig] = [await post([one], big, 1, 300), await post([one], big, 8, 600)];
  const growth = (one.residentKb - resident) / PORTS;
  yield {
    name: `${PORTS} ports: memory of the running replica`,
    value: growth,
    unit: 'kB',
    detail: 'per port',
  };
  yield ratio(`POST port with ${PORTS} ports, 1 client: CPU`, singleBig.cpuMs / single.cpuMs, 1.5);
  yield ratio(`POST port with ${PORTS} ports, 8 clients: CPU`, eightBig.cpuMs / eight.cpuMs, 1.5);
  const after = await lists(one, big);
  for (const filter of FILTERS) {
    yield ratio(`GET ports by ${filter} with ${PORTS} ports: CPU`, after[filter] / before[filter], 2);
  }
  const page = await cpuOf(one, 10, () => one.call('GET', 'ports?limit=1000'));
  yield { name: 'GET 1,000 ports: CPU', value: page, unit: 'ms', atMost: 30 };
  yield* turns(one, big);
  const started = performance.now();
  await using again = await ReplicaProcess.start(nb);
  const seconds = (performance.now() - started) / 1000;
  yield {
    name: `start with ${PORTS} ports, until it serves: CPU`,
    value: again.cpuMs / 1000,
    unit: 's',
    atMost: 5,
    detail: `${(empty.cpuMs / 1000).toFixed(1)} s without ports; took ${seconds.toFixed(1)} s`,
  };
  yield turn('start', again.longestTurnOfStart);
  yield {
    name: `${PORTS} ports: memory after a start`,
    value: (again.residentKb - empty.resident) / PORTS,
    unit: 'kB',
    atMost: 5,
    detail: 'per port',
  };
  yield {
    name: `${PORTS} ports: live heap after a start`,
    value: ((await again.liveKb()) - empty.live) / PORTS,
    unit: 'kB',
    atMost: 5,
    detail: 'per port',
  };
}

const ratio = (name: string, value: number, atMost: number): Line => ({ name, value, unit: '×', atMost });

const turn = (request: string, value: number): Line => ({
  name: `longest turn of the event loop: ${request}`,
  value,
  unit: 'ms',
  atMost: 20,
  detail: 'CPU',
});

/** The longest turn of the event loop during the requests that touch the most. */
async function* turns(replica: ReplicaProcess, network_id: string): AsyncGenerator<Line> {
  const { subnets } = await replica.call('GET', `subnets?network_id=${network_id}`);
  const { security_group: group } = await replica.call('POST', 'security-groups', {
    security_group: { name: 'large' },
  });
  const rules = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      security_group_id: group.id,
      direction: 'ingress',
      protocol: 'tcp',
      remote_ip_prefix: '10.9.0.0/16',
      port_range_min: first + index,
      port_range_max: first + index,
    }));
  const ports = (count: number) => ({ ports: Array.from({ length: count }, () => ({ network_id })) });
  let made: readonly { readonly id: string }[] = [];
  let trunk = '';
  const requests: Readonly<Record<string, () => Promise<unknown>>> = {
    'bulk of 500 ports': () => replica.call('POST', 'ports', ports(500)),
    'bulk of 4,000 ports': async () => {
      made = (await replica.call('POST', 'ports', ports(4_000))).ports;
    },
    'eight bulks of 200 ports at once': () =>
      Promise.all(Array.from({ length: 8 }, () => replica.call('POST', 'ports', ports(200)))),
    'trunk with 3,000 subports': async () => {
      const [parent, ...others] = made;
      const sub_ports = others.slice(0, 3_000).map(({ id: port_id }, index) => ({
        port_id,
        segmentation_type: 'vlan',
        segmentation_id: index + 1,
      }));
      const answer = await replica.call('POST', 'trunks', { trunk: { port_id: parent?.id, sub_ports } });
      trunk = answer.trunk.id;
    },
    'deletion of this trunk': () => replica.call('DELETE', `trunks/${trunk}`),
    'list of 1,000 ports': () => replica.call('GET', 'ports'),
    'eight such lists at once': () =>
      Promise.all(Array.from({ length: 8 }, () => replica.call('GET', 'ports'))),
    'list sorted by MAC': () => replica.call('GET', 'ports?sort_key=mac_address&sort_dir=desc'),
    'filter that no index knows': () => replica.call('GET', 'ports?admin_state_up=False'),
    'deletion of a network with ports': () => replica.request('DELETE', `networks/${network_id}`),
    'DHCP off for all ports of a subnet': () =>
      replica.call('PUT', `subnets/${subnets[0].id}`, { subnet: { enable_dhcp: false } }),
    'bulk of 500 rules': () =>
      replica.call('POST', 'security-group-rules', { security_group_rules: rules(1, 500) }),
    'bulk of 4,000 rules': () =>
      replica.call('POST', 'security-group-rules', { security_group_rules: rules(501, 4_000) }),
    'group of 4,500 rules': () => replica.call('GET', `security-groups/${group.id}`),
    'deletion of this group': () => replica.call('DELETE', `security-groups/${group.id}`),
  };
  for (const [name, request] of Object.entries(requests))
    yield turn(name, await replica.longestTurn(request));
}

/** A bulk of 500 ports on one replica beside single ports on another. */
async function* bulkBeside(
  one: ReplicaProcess,
  two: ReplicaProcess,
  network_id: string,
): AsyncGenerator<Line> {
  const latencies: number[] = [];
  let done = false;
  const singles = (async () => {
    while (!done) latencies.push(await timed(() => two.call('POST', 'ports', { port: { network_id } })));
  })();
  const ports = Array.from({ length: 500 }, () => ({ network_id }));
  const value = (await timed(() => one.call('POST', 'ports', { ports }))) / 1000;
  done = true;
  await singles;
  yield { name: 'bulk of 500 ports beside a client of another replica', value, unit: 's' };
  yield { name: 'that client, longest wait', value: Math.max(...latencies) / 1000, unit: 's', atMost: 1 };
}

/** CPU time in ms of a list that finds one port, by filter. */
async function lists(
  replica: ReplicaProcess,
  network_id: string,
): Promise<Record<(typeof FILTERS)[number], number>> {
  const { port } = await replica.call('POST', 'ports', {
    port: { network_id, device_id: `device-${network_id}`, tags: [`tag-${network_id}`] },
  });
  const values = {
    id: port.id,
    device_id: port.device_id,
    tags: port.tags[0],
    fixed_ips: `ip_address=${port.fixed_ips[0].ip_address}`,
  };
  const costs = { id: 0, device_id: 0, tags: 0, fixed_ips: 0 };
  for (const filter of FILTERS) {
    const path = `ports?${new URLSearchParams({ [filter]: values[filter] })}`;
    costs[filter] = await cpuOf(replica, 200, () => replica.call('GET', path));
  }
  return costs;
}

async function makeNetwork(replica: ReplicaProcess, cidr: string): Promise<string> {
  const { network } = await replica.call('POST', 'networks', { network: { name: cidr } });
  await replica.call('POST', 'subnets', { subnet: { network_id: network.id, ip_version: 4, cidr } });
  return network.id;
}

async function fill(replica: ReplicaProcess, network_id: string, count: number): Promise<void> {
  for (let made = 0; made < count; made += BULK) {
    const ports = Array.from({ length: Math.min(BULK, count - made) }, () => ({ network_id }));
    await replica.call('POST', 'ports', { ports });
  }
}

/** Creates ports one by one with some clients, which use the replicas in turn. */
async function post(
  replicas: readonly ReplicaProcess[],
  network_id: string,
  clients: number,
  count: number,
): Promise<Cost> {
  const latencies: number[] = [];
  const [started, before] = [performance.now(), sumCpu(replicas)];
  let left = count;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const replica = replicas[client % replicas.length] as ReplicaProcess;
      while (left-- > 0) {
        latencies.push(await timed(() => replica.call('POST', 'ports', { port: { network_id } })));
      }
    }),
  );
  const perSecond = (count / (performance.now() - started)) * 1000;
  return { cpuMs: (sumCpu(replicas) - before) / count, perSecond, latencies };
}

const sumCpu = (replicas: readonly ReplicaProcess[]) => replicas.reduce((sum, { cpuMs }) => sum + cpuMs, 0);

async function cpuOf(replica: ReplicaProcess, count: number, work: () => Promise<unknown>): Promise<number> {
  const before = replica.cpuMs;
  for (let index = 0; index < count; index++) await work();
  return (replica.cpuMs - before) / count;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
