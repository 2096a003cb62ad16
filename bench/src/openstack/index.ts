/**
 * Attaching containers on a real Keystone and Neutron (ML2/OVN), in trunk mode with a member's rights: what the agent takes for
 * a warm and for a cold NIC and how often it asks the API, what it takes to fill a pool, and to take a NIC away. One run, warm and
 * cold in turns.
 */
import { apiCalls, readSamples, type Samples, stageSeconds } from '../attach/agent-metrics.ts';
import { raiseBenchLab } from '../attach/bench-lab.ts';
import { type AttachTime, attachAndDetach, attachOne, type DockerNetwork } from '../attach/calls.ts';
import { createNetwork } from '../attach/docker-network.ts';
import { PluginClient } from '../attach/plugin-client.ts';
import { warmRound } from '../attach/warm-round.ts';
import type { Line } from '../line.ts';
import { median, quantile } from '../statistics.ts';
import { askAgent } from './ask-agent.ts';

const ROUNDS = 10;
const WARM_PER_ROUND = 10;
const FILL = 100;
/** NICs in one bulk request: a busy Neutron needs a second for each, and the client waits for a minute. */
const BATCH = 20;
/** Calls of the API for which a container may wait: the port, and its place on the trunk. */
const CRITICAL_CALLS = 2;

/** Gives the lines one by one, as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  await using lab = await raiseBenchLab('benchos', 'openstack');
  await lab.configure({
    mode: 'trunk',
    // Nothing is filled by itself, and on the second network nothing is kept: all that is measured is asked for.
    pool: { low: 0, high: FILL, batch: BATCH, networks: { cold: { high: 0 } } },
    reconcile: { every: 3600, patience: 60 },
  });
  const warm = await createNetwork(lab, 'warm', '10.90.0.0/24');
  const cold = await createNetwork(lab, 'cold', '10.91.0.0/24');
  const socket = `${lab.vm.places.run}/ovn-docker/agent.sock`;
  const bench: Bench = {
    plugin: new PluginClient(`${lab.vm.places.run}/docker/plugins/ovn.sock`),
    samples: () => readSamples(socket),
    ask: (path, body) => askAgent(socket, path, body),
  };
  using _plugin = bench.plugin;
  // Thrown away: it makes the trunk and learns what this Neutron can do.
  await attachAndDetach(bench.plugin, cold);
  yield* fill(bench);
  yield* attaches(bench, warm, cold);
}

interface Bench {
  readonly plugin: PluginClient;
  samples(): Promise<Samples>;
  ask(path: string, body: unknown): Promise<unknown>;
}

/** A pool of warm NICs, from none to all and back. */
async function* fill({ samples, ask }: Bench): AsyncGenerator<Line> {
  const pool = async (action: 'fill' | 'drain', body = {}) => {
    const before = await samples();
    const started = performance.now();
    const [view] = (await ask(`/v1/pools/warm/${action}`, body)) as { warm: number }[];
    const seconds = (performance.now() - started) / 1000;
    return { seconds, warm: view?.warm, ...apiCalls(before, await samples()) };
  };
  const first = await pool('fill', { count: FILL });
  // The agent stops before a reserve of addresses or quota, and that would be another measurement.
  if (first.warm !== FILL) throw new Error(`${first.warm} of ${FILL} NICs were made`);
  yield { name: `filling a pool of ${FILL} NICs`, value: first.seconds, unit: 's' };
  yield { name: '  requests', value: first.count, unit: '', detail: first.methods };
  const drained = await pool('drain');
  yield { name: `draining it`, value: drained.seconds, unit: 's' };
  yield { name: '  requests', value: drained.count, unit: '', detail: drained.methods };
  await pool('fill', { count: WARM_PER_ROUND });
}

async function* attaches(bench: Bench, warm: DockerNetwork, cold: DockerNetwork): AsyncGenerator<Line> {
  const warmTimes: AttachTime[] = [];
  const coldTimes: Cold[] = [];
  let warmCalls = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { times, calls } = await warmRound(bench.plugin, warm, bench.samples, WARM_PER_ROUND);
    warmTimes.push(...times);
    warmCalls += calls;
    coldTimes.push(await attachCold(bench, cold));
  }

  const warmAttach = warmTimes.map(({ attachMs }) => attachMs);
  const attach = coldTimes.map(({ attachMs }) => attachMs);
  yield { name: 'warm attach, agent time, p50', value: median(warmAttach), unit: 'ms' };
  yield { name: 'warm attach, agent time, p99', value: quantile(warmAttach, 0.99), unit: 'ms' };
  const inAll = `in ${warmTimes.length} warm attaches, counted by the HTTP client`;
  yield { name: '  requests to Keystone and Neutron', value: warmCalls, unit: '', atMost: 0, detail: inAll };
  yield {
    name: 'detach to the pool, agent time, p50',
    value: median(warmTimes.map(({ detachMs }) => detachMs)),
    unit: 'ms',
  };

  yield { name: 'cold attach, agent time, p50', value: median(attach), unit: 'ms' };
  yield { name: 'cold attach / warm attach', value: median(attach) / median(warmAttach), unit: '×' };
  const most = coldTimes.toSorted((a, b) => b.up.count - a.up.count)[0];
  yield {
    name: '  requests that it waits for, at most',
    value: most?.up.count ?? Number.NaN,
    unit: '',
    atMost: CRITICAL_CALLS,
    detail: most?.up.methods ?? '',
  };
  yield* shares(coldTimes.map(({ stages }) => stages));
  yield {
    name: 'detach for good, agent time, p50',
    value: median(coldTimes.map(({ detachMs }) => detachMs)),
    unit: 'ms',
  };
  const down = coldTimes.toSorted((a, b) => b.down.count - a.down.count)[0]?.down;
  yield {
    name: '  requests, at most',
    value: down?.count ?? Number.NaN,
    unit: '',
    detail: down?.methods ?? '',
  };
  yield* shares(coldTimes.map(({ stagesDown }) => stagesDown));
}

interface Calls {
  readonly count: number;
  readonly methods: string;
}

interface Cold extends AttachTime {
  readonly up: Calls;
  readonly down: Calls;
  readonly stages: ReadonlyMap<string, number>;
  readonly stagesDown: ReadonlyMap<string, number>;
}

async function attachCold({ plugin, samples }: Bench, network: DockerNetwork): Promise<Cold> {
  const before = await samples();
  const { attachMs, detach } = await attachOne(plugin, network);
  const between = await samples();
  const detachMs = await detach();
  const after = await samples();
  return {
    attachMs,
    detachMs,
    up: apiCalls(before, between),
    down: apiCalls(between, after),
    stages: stageSeconds(before, between),
    stagesDown: stageSeconds(between, after, 'down'),
  };
}

/** What part of the time each stage has, in all of them together. */
function* shares(all: readonly ReadonlyMap<string, number>[]): Generator<Line> {
  const sums = new Map<string, number>();
  for (const [stage, seconds] of all.flatMap((stages) => [...stages])) {
    sums.set(stage, (sums.get(stage) ?? 0) + seconds);
  }
  const whole = [...sums.values()].reduce((a, b) => a + b, 0);
  for (const [stage, sum] of sums) {
    const detail = `${((sum / all.length) * 1000).toFixed(2)} ms each`;
    yield { name: `  of it: ${stage}`, value: (sum / whole) * 100, unit: '%', detail };
  }
}
