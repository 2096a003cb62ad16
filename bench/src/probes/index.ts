/**
 * 1,000 containers with a probe each: how long the probes block the agent's event loop, and what they cost.
 * The agent's prober, its outpost and the containers' namespaces are real.
 */
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Prober } from '../../../packages/ovn-docker/src/health/probes/prober.ts';
import type { Line } from '../line.ts';
import { quantile } from '../statistics.ts';
import { type ProbeScene, raiseProbeScene } from './scene.ts';
import { type Turns, watchTurns } from './turns.ts';

const CONTAINERS = 1000;
/** Longer than the 25 s in which each of 1,000 NICs is probed once. */
const SECONDS = 40;
const QUIET_SECONDS = 10;

/** Yields the lines as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  await using scene = await raiseProbeScene(CONTAINERS);
  const quiet = await watchTurns(() => pause(QUIET_SECONDS * 1000));
  const probed = await probe(scene);
  yield { name: 'containers whose probe passes', value: probed.passed, unit: '', atLeast: CONTAINERS };
  yield {
    name: 'from another port of the network',
    value: probed.fromNetwork,
    unit: '',
    atLeast: probed.connecting,
  };
  yield {
    name: 'longest turn of the event loop, CPU time',
    value: Math.max(...probed.turns.cpuMs),
    unit: 'ms',
    atMost: 20,
    detail: `p99 ${ms(probed.turns.cpuMs, 0.99)}; without probes at most ${ms(quiet.cpuMs, 1)}`,
  };
  yield {
    name: 'delay of the event loop, p99',
    value: quantile(probed.turns.lateMs, 0.99),
    unit: 'ms',
    detail: `at most ${ms(probed.turns.lateMs, 1)}; without probes p99 ${ms(quiet.lateMs, 0.99)}, at most ${ms(quiet.lateMs, 1)}; load ${loadavg()[0]?.toFixed(1)}`,
  };
  yield {
    name: 'share of one core',
    value: (sum(probed.turns.cpuMs) / (SECONDS * 1000)) * 100,
    unit: '%',
    detail: `without probes ${((sum(quiet.cpuMs) / (QUIET_SECONDS * 1000)) * 100).toFixed(2)} %`,
  };
}

interface Probed {
  readonly turns: Turns;
  readonly passed: number;
  /** Containers whose probe connects, and how many of them the agent reached from its own port. */
  readonly connecting: number;
  readonly fromNetwork: number;
}

async function probe({ world, containers }: ProbeScene): Promise<Probed> {
  using prober = new Prober(world.engine);
  const turns = await watchTurns(async () => {
    prober.replace(containers);
    await pause(SECONDS * 1000);
  });
  const results = containers.map(({ label, nics: [first] }) => ({
    label,
    result: first && prober.resultOf(first.nic),
  }));
  const failed = results.find(({ result }) => result?.passed !== true);
  if (failed) console.error(failed.label, failed.result);
  return {
    turns,
    passed: results.filter(({ result }) => result?.passed).length,
    connecting: results.filter(({ label }) => label !== 'gateway').length,
    fromNetwork: results.filter(({ result }) => result?.from === 'network').length,
  };
}

const ms = (values: readonly number[], q: number) => `${quantile(values, q).toFixed(1)} ms`;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
