/**
 * Measures embedded-neutron on a real ovsdb-server, alone and with a second replica: what a port costs when
 * many exist, and what a list costs. CPU time counts, because the machines of this project are shared.
 * NEUTRON_PORTS sets the number of ports; the default is 50,000, a fifth of them on one network.
 */
import { startNorthbound } from '../../../packages/embedded-neutron/test/support/northbound.ts';
import type { Line } from '../line.ts';
import { median, quantile } from '../statistics.ts';
import { Replica } from './replica.ts';

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
  await using one = await Replica.start(nb);
  const empty = one.residentKb;
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
    await using two = await Replica.start(nb);
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
  const started = performance.now();
  await using again = await Replica.start(nb);
  const seconds = (performance.now() - started) / 1000;
  yield { name: `start with ${PORTS} ports, until it serves`, value: seconds, unit: 's', atMost: 5 };
  const stored = (again.residentKb - empty) / PORTS;
  yield {
    name: `${PORTS} ports: memory after a start`,
    value: stored,
    unit: 'kB',
    atMost: 5,
    detail: 'per port',
  };
}

const ratio = (name: string, value: number, atMost: number): Line => ({ name, value, unit: '×', atMost });

/** A bulk of 500 ports on one replica beside single ports on another. */
async function* bulkBeside(one: Replica, two: Replica, network_id: string): AsyncGenerator<Line> {
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
  replica: Replica,
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

async function makeNetwork(replica: Replica, cidr: string): Promise<string> {
  const { network } = await replica.call('POST', 'networks', { network: { name: cidr } });
  await replica.call('POST', 'subnets', { subnet: { network_id: network.id, ip_version: 4, cidr } });
  return network.id;
}

async function fill(replica: Replica, network_id: string, count: number): Promise<void> {
  for (let made = 0; made < count; made += BULK) {
    const ports = Array.from({ length: Math.min(BULK, count - made) }, () => ({ network_id }));
    await replica.call('POST', 'ports', { ports });
  }
}

/** Creates ports one by one with some clients, which use the replicas in turn. */
async function post(
  replicas: readonly Replica[],
  network_id: string,
  clients: number,
  count: number,
): Promise<Cost> {
  const latencies: number[] = [];
  const [started, before] = [performance.now(), sumCpu(replicas)];
  let left = count;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const replica = replicas[client % replicas.length] as Replica;
      while (left-- > 0) {
        latencies.push(await timed(() => replica.call('POST', 'ports', { port: { network_id } })));
      }
    }),
  );
  const perSecond = (count / (performance.now() - started)) * 1000;
  return { cpuMs: (sumCpu(replicas) - before) / count, perSecond, latencies };
}

const sumCpu = (replicas: readonly Replica[]) => replicas.reduce((sum, { cpuMs }) => sum + cpuMs, 0);

async function cpuOf(replica: Replica, count: number, work: () => Promise<unknown>): Promise<number> {
  const before = replica.cpuMs;
  for (let index = 0; index < count; index++) await work();
  return (replica.cpuMs - before) / count;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
