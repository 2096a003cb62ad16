/**
 * A VM with a NIC on each of its 4,094 VLANs, in the lab: the time to attach compared with a VM with ten
 * NICs, the time to restart the agent, the agent's cost when idle, and the refusal of the 4,095th NIC.
 */
import { loadavg } from 'node:os';
import { startAgent } from '@ovn-docker/lab';
import { attachAndDetach, type DockerNetwork } from '../attach/calls.ts';
import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import { growTo, startContainers } from './grow.ts';
import { raiseScaleLab, type ScaleLab, type ScaleVm } from './lab.ts';
import { cpuPercent, residentMegabytes } from './process-cost.ts';

/** IEEE 802.1Q: 1 to 4094. */
const VLANS = 4094;
/** VLANs that the agent's pools do not use. */
const RESERVED = 16;
const FEW = 10;
const CONTAINERS = 100;
const ROUNDS = 200;
const IDLE_SECONDS = 90;

/** Yields the lines as they are measured. */
export async function* run(): AsyncGenerator<Line> {
  await using lab = await raiseScaleLab();
  await growTo(lab.small, FEW);
  yield* fill(lab.big);
  yield* attachTimes(lab);
  yield* lastVlans(lab.big);
  yield* restart(lab.big);
  yield* idle(lab.big);
}

async function* fill(vm: ScaleVm): AsyncGenerator<Line> {
  const started = performance.now();
  await growTo(vm, VLANS - RESERVED);
  const seconds = (performance.now() - started) / 1000;
  yield { name: `filling the pools to ${VLANS - RESERVED} NICs`, value: seconds, unit: 's', detail: load() };
  const running = await startContainers(vm, CONTAINERS);
  yield { name: 'containers on the pools’ networks', value: running, unit: '', atLeast: CONTAINERS };
}

/** Measures both VMs in turns, so that other load of this computer affects both. */
async function* attachTimes({ big, small }: ScaleLab): AsyncGenerator<Line> {
  const times = new Map<ScaleVm, number[]>([
    [small, []],
    [big, []],
  ]);
  for (let round = -10; round < ROUNDS; round++) {
    for (const [vm, list] of times) {
      const network = vm.networks[Math.abs(round) % vm.networks.length] as DockerNetwork;
      const { attachMs } = await attachAndDetach(vm.plugin, network);
      if (round >= 0) list.push(attachMs);
    }
  }
  const [few, many] = [median(times.get(small) ?? []), median(times.get(big) ?? [])];
  yield { name: `warm attach, agent time, p50, ${FEW} NICs`, value: few, unit: 'ms', detail: load() };
  yield { name: `warm attach, agent time, p50, ${VLANS - RESERVED} NICs`, value: many, unit: 'ms' };
  yield { name: 'many / few', value: many / few, unit: '×', atMost: 1.5 };
}

/**
 * Containers with fixed addresses get no warm NIC, so they use the VLANs that the pools do not use, until
 * none is left.
 */
async function* lastVlans({ machine, spare, plugin }: ScaleVm): AsyncGenerator<Line> {
  const run = async (n: number) => {
    const started = performance.now();
    const container = ['-d', '--name', `last-${n}`, `--net=${spare.name}`, '--ip', `10.96.32.${10 + n}`];
    await machine.must(['docker', 'run', ...container, 'busybox:local', 'sleep', '86400']);
    return performance.now() - started;
  };
  const times: number[] = [];
  for (let n = 0; n < RESERVED; n++) times.push(await run(n));
  yield {
    name: `docker run --ip, p50, up to ${VLANS} NICs`,
    value: median(times),
    unit: 'ms',
    detail: load(),
  };

  const started = performance.now();
  const refusal = await attachAndDetach(plugin, spare, '10.96.32.200').then(
    () => 'not refused',
    (error: Error) => error.message,
  );
  const isClear = refusal.includes('E_VLANS_EXHAUSTED');
  yield {
    name: `the ${VLANS + 1}th is refused in`,
    value: isClear ? performance.now() - started : Number.POSITIVE_INFINITY,
    unit: 'ms',
    atMost: 1000,
    detail: refusal,
  };
  await machine.must(['docker', 'rm', '--force', 'last-0']);
  yield { name: 'docker run --ip, after a release', value: await run(0), unit: 'ms' };
}

async function* restart({ machine }: ScaleVm): AsyncGenerator<Line> {
  const seconds: number[] = [];
  for (let n = 0; n < 3; n++) {
    await machine.stop('agent', 'KILL');
    const started = performance.now();
    await startAgent(machine);
    seconds.push((performance.now() - started) / 1000);
  }
  const detail = `${seconds.map((each) => each.toFixed(2)).join(', ')} s; ${load()}`;
  yield {
    name: `agent killed and ready again, ${VLANS} NICs`,
    value: median(seconds),
    unit: 's',
    atMost: 5,
    detail,
  };
}

async function* idle({ machine }: ScaleVm): AsyncGenerator<Line> {
  const percent = await cpuPercent(machine, 'agent', IDLE_SECONDS);
  const detail = `of one core, during ${IDLE_SECONDS} s; ${load()}`;
  yield { name: `agent idle, ${VLANS} NICs`, value: percent, unit: '%', atMost: 1, detail };
  const megabytes = await residentMegabytes(machine, 'agent');
  yield { name: `agent memory (RSS), ${VLANS} NICs`, value: megabytes, unit: 'MB', atMost: 200 };
}

/** This computer's load, without which absolute times cannot be judged. */
function load(): string {
  return `load ${loadavg()[0]?.toFixed(1)}`;
}
