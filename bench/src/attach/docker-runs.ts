import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import type { BenchLab } from './bench-lab.ts';

const ROUNDS = 21;
const AT_ONCE = 50;
const IMAGE = 'busybox:local';

/** `docker run --rm … true` on our network, on none and on Docker's bridge, in turns. */
export async function* dockerRuns({ vm }: BenchLab, network: string): AsyncGenerator<Line> {
  const networks = ['none', 'bridge', network] as const;
  const times = new Map<string, number[]>(networks.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of networks) {
      const started = performance.now();
      await vm.must(['docker', 'run', '--rm', `--net=${name}`, IMAGE, 'true']);
      times.get(name)?.push(performance.now() - started);
    }
  }
  const [none, bridge, ours] = networks.map((name) => median(times.get(name) ?? []));
  const added = { bridge: (bridge ?? 0) - (none ?? 0), ours: (ours ?? 0) - (none ?? 0) };
  yield { name: 'docker run --rm, no network', value: none ?? 0, unit: 'ms' };
  yield { name: 'docker run --rm, bridge adds', value: added.bridge, unit: 'ms' };
  yield { name: 'docker run --rm, our network adds', value: added.ours, unit: 'ms' };
  yield { name: 'our added time / bridge’s', value: added.ours / added.bridge, unit: '×', atMost: 0.5 };
}

/** Many containers that are started at the same moment, on our network and on Docker's bridge. */
export async function* manyAtOnce({ vm }: BenchLab, network: string): AsyncGenerator<Line> {
  const start = async (name: string) => {
    const started = performance.now();
    const script = `for i in $(seq ${AT_ONCE}); do
      docker run -d --name ${name}-$i --net=${name} ${IMAGE} sleep 600 >/dev/null & done; wait`;
    await vm.must(['sh', '-c', script], { timeoutMs: 300_000 });
    const milliseconds = performance.now() - started;
    const running = (await vm.must(['docker', 'ps', '-q', '--filter', `name=${name}-`])).trim().split('\n');
    await vm.must(['sh', '-c', `docker rm -f $(docker ps -aq --filter name=${name}-) >/dev/null`], {
      timeoutMs: 300_000,
    });
    if (running.length !== AT_ONCE) throw new Error(`only ${running.length} of ${AT_ONCE} containers ran`);
    return milliseconds;
  };
  const bridge = await start('bridge');
  const ours = await start(network);
  yield {
    name: `${AT_ONCE} containers at once, ours / bridge`,
    value: ours / bridge,
    unit: '×',
    detail: `${(ours / 1000).toFixed(1)} s, ${(bridge / 1000).toFixed(1)} s`,
  };
}
