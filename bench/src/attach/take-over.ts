import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import type { BenchLab } from './bench-lab.ts';

const ROUNDS = 5;

/**
 * Measures the time from the end of the active agent (kill -9) until the agent that waits for the lock
 * serves.
 */
export async function* takeOver({ vm }: BenchLab): AsyncGenerator<Line> {
  const times: number[] = [];
  // The agents swap roles in each round.
  let [active, waiting] = ['agent', 'agent2'];
  for (let round = 0; round < ROUNDS; round++) {
    const before = vm.log(waiting).length;
    await vm.start(waiting, ['ovn-docker', 'agent']);
    await vm.waitForLog(waiting, 'waiting until it ends', before);
    const started = performance.now();
    await vm.stop(active, 'KILL');
    await vm.waitForLog(waiting, 'agent ready', before);
    times.push(performance.now() - started);
    [active, waiting] = [waiting, active];
  }
  yield { name: 'take-over by a second agent', value: median(times), unit: 'ms', atMost: 2000 };
}
