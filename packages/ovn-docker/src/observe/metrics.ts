import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { STAGE_CHANNEL, type StageEvent } from './stage-events.ts';

/** What Prometheus reads; filled while an {@link observeMetrics} lasts. */
export const metrics = new Registry();

collectDefaultMetrics({ register: metrics, prefix: 'ovn_docker_' });

const stageSeconds = new Histogram({
  name: 'ovn_docker_stage_seconds',
  help: 'Time of one stage of attach (up) or detach (down), for a whole batch',
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

/** Measures the stages of attach and detach until it is disposed of. */
export function observeMetrics(): Disposable {
  const onStage = (message: unknown) => {
    const { stage, direction, moment, milliseconds } = message as StageEvent;
    if (moment === 'before') return;
    stageSeconds.observe(
      { stage, direction, result: moment === 'after' ? 'ok' : 'failed' },
      milliseconds / 1000,
    );
  };
  subscribe(STAGE_CHANNEL, onStage);
  return { [Symbol.dispose]: () => void unsubscribe(STAGE_CHANNEL, onStage) };
}

/** What is counted when somebody asks. */
export interface Counts {
  /** NICs by state. */
  readonly nics: Readonly<Record<string, number>>;
  readonly vlansFree: number;
}

/** The text that Prometheus reads (exposition format 0.0.4). */
export function readMetrics(counts: Counts): Promise<string> {
  for (const [state, count] of Object.entries(counts.nics)) nics.set({ state }, count);
  vlans.set(counts.vlansFree);
  return metrics.metrics();
}
