import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { STAGE_CHANNEL, type StageEvent } from './stage-events.ts';

/** The metrics for Prometheus, which {@link observeMetrics} fills. */
export const metrics = new Registry();

// The default precision samples the event loop 100 times a second, which alone takes 0.5 % of a core.
collectDefaultMetrics({ register: metrics, prefix: 'ovn_docker_', eventLoopMonitoringPrecision: 100 });

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

const apiRequests = new Counter({
  name: 'ovn_docker_api_requests_total',
  help: 'Requests sent to Keystone and Neutron, each try counted',
  labelNames: ['method'],
  registers: [metrics],
});

/** The channel on which undici publishes each request that it sends (undici docs, DiagnosticsChannel). */
const REQUEST_CHANNEL = 'undici:request:create';

/** Measures the stages of attach and detach and counts the requests to the APIs, until disposed of. */
export function observeMetrics(): Disposable {
  const onRequest = (message: unknown) => {
    const { method, origin } = (message as { request: { method: string; origin: string | URL } }).request;
    // Requests to Docker use undici too: docker-engine.ts sends them to the host name `docker`.
    if (new URL(origin).hostname !== 'docker') apiRequests.inc({ method });
  };
  const onStage = (message: unknown) => {
    const { stage, direction, moment, milliseconds } = message as StageEvent;
    if (moment === 'before') return;
    stageSeconds.observe(
      { stage, direction, result: moment === 'after' ? 'ok' : 'failed' },
      milliseconds / 1000,
    );
  };
  subscribe(STAGE_CHANNEL, onStage);
  subscribe(REQUEST_CHANNEL, onRequest);
  return {
    [Symbol.dispose]: () => {
      unsubscribe(STAGE_CHANNEL, onStage);
      unsubscribe(REQUEST_CHANNEL, onRequest);
    },
  };
}

/** The numbers that are counted at the time of a request. */
export interface Counts {
  /** The number of NICs in each state. */
  readonly nics: Readonly<Record<string, number>>;
  readonly vlansFree: number;
}

/** Returns all metrics as text for Prometheus (exposition format 0.0.4). */
export function readMetrics(counts: Counts): Promise<string> {
  for (const [state, count] of Object.entries(counts.nics)) nics.set({ state }, count);
  vlans.set(counts.vlansFree);
  return metrics.metrics();
}
