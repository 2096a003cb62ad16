/**
 * Attaching containers in the lab: the agent's time for a warm and a cold NIC, and the cost of a container on
 * a logical network compared with one without a network and one on Docker's bridge. All lines come from one
 * run; the measurements of a ratio are interleaved.
 */
import type { Line } from '../line.ts';
import { median, quantile } from '../statistics.ts';
import { readSamples, stageSeconds } from './agent-metrics.ts';
import { raiseBenchLab } from './bench-lab.ts';
import { type AttachTime, attachAndDetach, type DockerNetwork } from './calls.ts';
import { createNetwork } from './docker-network.ts';
import { dockerRuns, manyAtOnce } from './docker-runs.ts';
import { PluginClient } from './plugin-client.ts';
import { takeOver } from './take-over.ts';
import { warmRound } from './warm-round.ts';

const WARM_RUNS = 400;
/** Fewer than there are warm NICs. */
const COUNTED_RUNS = 50;
const COLD_RUNS = 20;

/**
 * Both ways to tell Neutron a NIC's parent and VLAN (ARCHITECTURE.md). A real Neutron lets a tenant use only
 * `trunk`.
 */
const MODES = ['port-binding', 'trunk'] as const;

/** Yields the lines as they are measured. */
export async function* run({ engine }: { engine: string }): AsyncGenerator<Line> {
  await using lab = await raiseBenchLab('bench', { engine });
  const socket = `${lab.vm.places.run}/ovn-docker/agent.sock`;
  for (const [index, mode] of MODES.entries()) {
    // Enough warm NICs for all measurements, and no refill during them.
    await lab.configure({ mode, pool: { low: 0, high: 80, batch: 40 } });
    const network = await createNetwork(lab, mode, `10.9${index}.0.0/20`);
    await lab.vm.must(['ovn-docker', 'pool', 'fill', mode, '--count', '70']);
    using plugin = new PluginClient(`${lab.vm.places.run}/docker/plugins/ovn.sock`);
    const withMode = (line: Line) => ({ ...line, name: `${line.name} (${mode})` });
    for await (const line of warmAttach(plugin, network, socket)) yield withMode(line);
    for await (const line of coldAttach(plugin, network, socket, `10.9${index}.15`)) yield withMode(line);
  }
  yield* dockerRuns(lab, 'trunk', engine);
  yield* manyAtOnce(lab, 'trunk');
  yield* takeOver(lab);
}

async function* warmAttach(
  plugin: PluginClient,
  network: DockerNetwork,
  socket: string,
): AsyncGenerator<Line> {
  for (let n = 0; n < 20; n++) await attachAndDetach(plugin, network);
  const times: AttachTime[] = [];
  for (let n = 0; n < WARM_RUNS; n++) times.push(await attachAndDetach(plugin, network));
  const { calls } = await warmRound(plugin, network, () => readSamples(socket), COUNTED_RUNS);
  const attach = times.map(({ attachMs }) => attachMs);
  const detach = times.map(({ detachMs }) => detachMs);
  yield { name: 'warm attach, agent time, p50', value: median(attach), unit: 'ms', atMost: 3 };
  yield { name: 'warm attach, agent time, p99', value: quantile(attach, 0.99), unit: 'ms', atMost: 10 };
  yield { name: 'detach to the pool, agent time, p50', value: median(detach), unit: 'ms' };
  yield {
    name: 'requests to Keystone and Neutron',
    value: calls,
    unit: '',
    atMost: 0,
    detail: `in ${COUNTED_RUNS} warm attaches, counted by the HTTP client`,
  };
}

/** A request for a fixed address gets no warm NIC, so that each attach runs all stages. */
async function* coldAttach(
  plugin: PluginClient,
  network: DockerNetwork,
  socket: string,
  range: string,
): AsyncGenerator<Line> {
  const before = await readSamples(socket);
  const times: number[] = [];
  for (let n = 0; n < COLD_RUNS; n++) {
    times.push((await attachAndDetach(plugin, network, `${range}.${n + 10}`)).attachMs);
  }
  const after = await readSamples(socket);
  yield { name: 'cold attach, agent time, p50', value: median(times), unit: 'ms' };
  const seconds = stageSeconds(before, after);
  const sum = [...seconds.values()].reduce((a, b) => a + b, 0);
  for (const [stage, share] of seconds) {
    yield {
      name: `  stage ${stage}`,
      value: (share / sum) * 100,
      unit: '%',
      detail: `${((share / COLD_RUNS) * 1000).toFixed(2)} ms each`,
    };
  }
}
