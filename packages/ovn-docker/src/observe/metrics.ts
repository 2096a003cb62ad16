import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { PASS_CHANNEL, type PassEvent, type PassFinding } from './pass-events.ts';
import { STAGE_CHANNEL, type StageEvent } from './stage-events.ts';

/** The metrics for Prometheus, which {@link observeMetrics} fills. */
export const metrics = new Registry();

// The default precision samples the event loop 100 times a second, which alone takes 0.5 % of a core.
collectDefaultMetrics({ register: metrics, prefix: 'ovn_docker_', eventLoopMonitoringPrecision: 100 });
// Gauges whose names end like those of counters: `promtool check metrics` refuses them.
for (const kind of ['handles', 'requests', 'resources'])
  metrics.removeSingleMetric(`ovn_docker_nodejs_active_${kind}_total`);

const stageSeconds = new Histogram({
  name: 'ovn_docker_stage_seconds',
  help: 'Duration of one stage of attach (up) or detach (down), for a whole batch',
  labelNames: ['stage', 'direction', 'result'],
  buckets: [0.0005, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  registers: [metrics],
});
const nics = new Gauge({
  name: 'ovn_docker_nics',
  help: 'NICs by their state',
  labelNames: ['state'],
  registers: [metrics],
});
const vlans = new Gauge({
  name: 'ovn_docker_vlans_free',
  help: 'VLANs free in this VM',
  registers: [metrics],
});

const freshGauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
  new Gauge({ name, help, labelNames, registers: [metrics] });

const poolNics = freshGauge('ovn_docker_pool_nics', 'NICs of a network’s warm pools by their state', [
  'network',
  'state',
]);
const containers = freshGauge(
  'ovn_docker_containers',
  'Containers on logical networks by the agent’s verdict',
  ['verdict'],
);
const ready = freshGauge('ovn_docker_ready', 'Whether the agent can provide a NIC now');
const findingsNow = freshGauge(
  'ovn_docker_findings',
  'Differences that the reconciler’s last pass found, by kind',
  ['kind'],
);

const probeSuccess = freshGauge('ovn_docker_probe_success', 'Whether the last probe of a container passed', [
  'container',
  'network',
  'probe',
]);
const probeSeconds = freshGauge('ovn_docker_probe_seconds', 'Duration of the last probe that passed', [
  'container',
  'network',
  'probe',
]);

const findings = new Counter({
  name: 'ovn_docker_findings_total',
  help: 'Differences that the reconciler acted on, by kind and result',
  labelNames: ['kind', 'result'],
  registers: [metrics],
});
const passes = new Counter({
  name: 'ovn_docker_passes_total',
  help: 'Passes of the reconciler by result; one that failed could not ask Neutron or the VM’s switch',
  labelNames: ['result'],
  registers: [metrics],
});
// A counter that Prometheus has not seen at 0 has no increase when it becomes 1.
for (const result of ['ok', 'failed']) passes.inc({ result }, 0);
const nicRequests = new Counter({
  name: 'ovn_docker_nic_requests_total',
  help: 'Requests for NICs: from a warm pool, cold because the pool was empty, or special, which no pool serves',
  labelNames: ['way'],
  registers: [metrics],
});

const apiAnswers = new Counter({
  name: 'ovn_docker_api_answers_total',
  help: 'Answers of Keystone and Neutron by HTTP status; none: the request failed without an answer',
  labelNames: ['status'],
  registers: [metrics],
});

for (const way of ['warm', 'cold', 'special']) nicRequests.inc({ way }, 0);

/** How the agent provided a NIC. */
export type RequestWay = 'warm' | 'cold' | 'special';

/** Counts a request for a NIC that the agent has served. */
export function countNicRequest(way: RequestWay): void {
  nicRequests.inc({ way });
}

const apiRequests = new Counter({
  name: 'ovn_docker_api_requests_total',
  help: 'Requests sent to Keystone and Neutron, each try counted',
  labelNames: ['method'],
  registers: [metrics],
});

/** The channels of undici for requests, answers and failures (undici docs, DiagnosticsChannel). */
const REQUEST_CHANNEL = 'undici:request:create';
const ANSWER_CHANNEL = 'undici:request:headers';
const FAILURE_CHANNEL = 'undici:request:error';

interface UndiciMessage {
  readonly request: { readonly method: string; readonly origin: string | URL };
  readonly response?: { readonly statusCode: number };
}

/** Requests to Docker use undici too: docker-engine.ts sends them to the host name `docker`. */
function isToApi({ request: { origin } }: UndiciMessage): boolean {
  return new URL(origin).hostname !== 'docker';
}

/** Measures the stages of attach and detach and counts the requests to the APIs, until disposed of. */
export function observeMetrics(): Disposable {
  const onRequest = (message: unknown) => {
    const sent = message as UndiciMessage;
    if (isToApi(sent)) apiRequests.inc({ method: sent.request.method });
  };
  const onAnswer = (message: unknown) => {
    const answered = message as UndiciMessage;
    if (isToApi(answered)) apiAnswers.inc({ status: answered.response?.statusCode ?? 'none' });
  };
  const onPass = (message: unknown) => {
    const { findings: found, error } = message as PassEvent;
    passes.inc({ result: error === undefined ? 'ok' : 'failed' });
    for (const { kind, result } of found) if (result !== 'waiting') findings.inc({ kind, result });
  };
  const onStage = (message: unknown) => {
    const { stage, direction, moment, milliseconds } = message as StageEvent;
    if (moment === 'before') return;
    stageSeconds.observe(
      { stage, direction, result: moment === 'after' ? 'ok' : 'failed' },
      milliseconds / 1000,
    );
  };
  const listeners: [string, (message: unknown) => void][] = [
    [STAGE_CHANNEL, onStage],
    [REQUEST_CHANNEL, onRequest],
    [ANSWER_CHANNEL, onAnswer],
    [FAILURE_CHANNEL, onAnswer],
    [PASS_CHANNEL, onPass],
  ];
  for (const [name, listener] of listeners) subscribe(name, listener);
  return {
    [Symbol.dispose]: () => {
      for (const [name, listener] of listeners) unsubscribe(name, listener);
    },
  };
}

/** The numbers that are counted at the time of a request. */
export interface Counts {
  readonly ready: boolean;
  /** The number of NICs in each state. */
  readonly nics: Readonly<Record<string, number>>;
  readonly vlansFree?: number;
  readonly pools: readonly { readonly network: string; readonly warm: number; readonly making: number }[];
  /** The number of containers with each verdict. */
  readonly containers: Readonly<Record<string, number>>;
  /** The findings of the last pass. */
  readonly findings: readonly PassFinding[];
  /** The last results of probes. */
  readonly probes: readonly ProbeCount[];
}

/** The last result of one probe. */
export interface ProbeCount {
  readonly container: string;
  readonly network: string;
  readonly probe: string;
  readonly passed: boolean;
  readonly milliseconds?: number | undefined;
}

/** Returns all metrics as text for Prometheus (exposition format 0.0.4). */
export function readMetrics(counts: Counts): Promise<string> {
  // What is not counted any more must not keep its last value.
  for (const gauge of [nics, vlans, poolNics, containers, findingsNow, probeSuccess, probeSeconds])
    gauge.reset();
  ready.set(counts.ready ? 1 : 0);
  for (const [state, count] of Object.entries(counts.nics)) nics.set({ state }, count);
  if (counts.vlansFree !== undefined) vlans.set(counts.vlansFree);
  for (const { network, warm, making } of counts.pools) {
    // A network has one pool for each set of security groups.
    poolNics.inc({ network, state: 'warm' }, warm);
    poolNics.inc({ network, state: 'making' }, making);
  }
  for (const [verdict, count] of Object.entries(counts.containers)) containers.set({ verdict }, count);
  for (const { kind } of counts.findings) findingsNow.inc({ kind });
  for (const { passed, milliseconds, ...labels } of counts.probes) {
    probeSuccess.set(labels, passed ? 1 : 0);
    if (milliseconds !== undefined) probeSeconds.set(labels, milliseconds / 1000);
  }
  return metrics.metrics();
}
