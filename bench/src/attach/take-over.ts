import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import type { BenchLab } from './bench-lab.ts';

const ROUNDS = 5;

/** How long it takes from the end of the working agent (kill -9) until a second one, which waits for the lock, serves. */
export async function* takeOver({ vm }: BenchLab): AsyncGenerator<Line> {
  const times: number[] = [];
  // The names change sides in each round.
  let [working, waiting] = ['agent', 'agent2'];
  for (let round = 0; round < ROUNDS; round++) {
    const before = vm.log(waiting).length;
    await vm.start(waiting, ['ovn-docker', 'agent']);
    await vm.waitForLog(waiting, 'waiting until it ends', before);
    const started = performance.now();
    await vm.stop(working, 'KILL');
    await vm.waitForLog(waiting, 'agent ready', before);
    times.push(performance.now() - started);
    [working, waiting] = [waiting, working];
  }
  yield { name: 'take-over by a second agent', value: median(times), unit: 'ms', atMost: 2000 };
}
