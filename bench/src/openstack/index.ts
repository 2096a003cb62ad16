/**
 * Attaching containers with a real Keystone and Neutron (ML2/OVN), in trunk mode with the role `member`: the
 * agent's time and API requests for a warm and a cold NIC, for filling and draining a pool, and for
 * detaching. All lines come from one run, with warm and cold attaches in turns.
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
/**
 * NICs in one bulk request. A busy Neutron needs a second for each, and the client's time limit is a minute.
 */
const BATCH = 20;
/** Largest number of requests that a container waits for: create the port, add the subport. */
const CRITICAL_CALLS = 2;

/** Yields the lines as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  await using lab = await raiseBenchLab('benchos', { apiKind: 'openstack' });
  await lab.configure({
    mode: 'trunk',
    // The agent fills no pool by itself, and it keeps no warm NIC of the network `cold`.
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
  // Not measured: the first attach creates the trunk and reads Neutron's extensions.
  await attachAndDetach(bench.plugin, cold);
  yield* fill(bench);
  yield* attaches(bench, warm, cold);
}

interface Bench {
  readonly plugin: PluginClient;
  samples(): Promise<Samples>;
  ask(path: string, body: unknown): Promise<unknown>;
}

/** Measures how long a pool takes to fill and to drain. */
async function* fill({ samples, ask }: Bench): AsyncGenerator<Line> {
  const pool = async (action: 'fill' | 'drain', body = {}) => {
    const before = await samples();
    const started = performance.now();
    const [view] = (await ask(`/v1/pools/warm/${action}`, body)) as { warm: number }[];
    const seconds = (performance.now() - started) / 1000;
    return { seconds, warm: view?.warm, ...apiCalls(before, await samples()) };
  };
  const first = await pool('fill', { count: FILL });
  // The agent stops when few addresses or little quota is left, which would spoil the measurement.
  if (first.warm !== FILL) throw new Error(`only ${first.warm} of ${FILL} NICs were created`);
  yield { name: `filling a pool of ${FILL} NICs`, value: first.seconds, unit: 's' };
  yield { name: '  requests', value: first.count, unit: '', detail: first.methods };
  const drained = await pool('drain');
  yield { name: 'draining the pool', value: drained.seconds, unit: 's' };
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
  const detail = `in ${warmTimes.length} warm attaches, counted by the HTTP client`;
  yield { name: '  requests to Keystone and Neutron', value: warmCalls, unit: '', atMost: 0, detail };
  yield {
    name: 'detach to the pool, agent time, p50',
    value: median(warmTimes.map(({ detachMs }) => detachMs)),
    unit: 'ms',
  };

  yield { name: 'cold attach, agent time, p50', value: median(attach), unit: 'ms' };
  yield { name: 'cold attach / warm attach', value: median(attach) / median(warmAttach), unit: '×' };
  const most = coldTimes.toSorted((a, b) => b.up.count - a.up.count)[0];
  yield {
    name: '  requests during the attach, at most',
    value: most?.up.count ?? Number.NaN,
    unit: '',
    atMost: CRITICAL_CALLS,
    detail: most?.up.methods ?? '',
  };
  yield* shares(coldTimes.map(({ stages }) => stages));
  yield {
    name: 'detach without pool, agent time, p50',
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

/** Yields each stage's share of the total time. */
function* shares(all: readonly ReadonlyMap<string, number>[]): Generator<Line> {
  const sums = new Map<string, number>();
  for (const [stage, seconds] of all.flatMap((stages) => [...stages])) {
    sums.set(stage, (sums.get(stage) ?? 0) + seconds);
  }
  const whole = [...sums.values()].reduce((a, b) => a + b, 0);
  for (const [stage, sum] of sums) {
    const detail = `${((sum / all.length) * 1000).toFixed(2)} ms each`;
    yield { name: `  stage ${stage}`, value: (sum / whole) * 100, unit: '%', detail };
  }
}
