import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import { BareDriver } from './bare-driver.ts';
import type { BenchLab } from './bench-lab.ts';

const ROUNDS = 21;
const AT_ONCE = 50;
const ROUNDS_AT_ONCE = 3;
/** A bridge that a user made: unlike the default one it comes with Docker's own name server, as our networks do. */
const USER_BRIDGE = 'user-bridge';
/** A network of a driver that does nothing: no driver outside of dockerd can cost less. */
const BARE = 'bare';
const IMAGE = 'busybox:local';

/** `docker run --rm … true` on our network, on none, on Docker's bridge and on a driver that does nothing, in turns. */
export async function* dockerRuns({ vm }: BenchLab, network: string): AsyncGenerator<Line> {
  const networks = ['none', 'bridge', USER_BRIDGE, BARE, network] as const;
  await vm.must(['docker', 'network', 'create', USER_BRIDGE]);
  await using _driver = await BareDriver.serve(vm, BARE);
  await vm.must(['docker', 'network', 'create', '-d', BARE, '--subnet', '10.99.0.0/24', BARE]);
  const times = new Map<string, number[]>(networks.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of networks) {
      const started = performance.now();
      await vm.must(['docker', 'run', '--rm', `--net=${name}`, IMAGE, 'true']);
      times.get(name)?.push(performance.now() - started);
    }
  }
  const [none = 0, ...others] = networks.map((name) => median(times.get(name) ?? []));
  const [bridge = 0, userBridge = 0, bare = 0, ours = 0] = others.map((time) => time - none);
  yield { name: 'docker run --rm, no network', value: none, unit: 'ms' };
  yield { name: 'docker run --rm, bridge adds', value: bridge, unit: 'ms' };
  yield { name: 'docker run --rm, a bridge of one’s own adds', value: userBridge, unit: 'ms' };
  yield { name: 'docker run --rm, a driver that does nothing adds', value: bare, unit: 'ms' };
  yield { name: 'docker run --rm, our network adds', value: ours, unit: 'ms' };
  yield { name: 'our added time / bridge’s', value: ours / bridge, unit: '×', atMost: 0.5 };
  yield { name: 'our added time / a bridge of one’s own', value: ours / userBridge, unit: '×' };
  yield { name: 'our added time / a driver’s that does nothing', value: ours / bare, unit: '×', atMost: 1.2 };
  yield { name: 'a driver’s that does nothing / bridge’s', value: bare / bridge, unit: '×' };
  // The same driver with and without it: every network that a user names gets it (docs/decisions/docker-run-time.md).
  const nameServer = userBridge - bridge;
  yield { name: 'of each: Docker’s own name server', value: nameServer, unit: 'ms' };
  yield {
    name: 'our added time without it / bridge’s',
    value: (ours - nameServer) / bridge,
    unit: '×',
    detail: `${(ours - nameServer).toFixed(0)} ms, ${bridge.toFixed(0)} ms`,
  };
  await vm.must(['docker', 'network', 'rm', BARE]);
}

/** Many containers that are started at the same moment, on our network and on Docker's bridges, in turns. */
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
  const networks = ['bridge', USER_BRIDGE, network] as const;
  const times = new Map<string, number[]>(networks.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS_AT_ONCE; round++) {
    for (const name of networks) times.get(name)?.push(await start(name));
  }
  const [bridge = 0, userBridge = 0, ours = 0] = networks.map((name) => median(times.get(name) ?? []));
  const seconds = (time: number) => `${(time / 1000).toFixed(1)} s`;
  const name = `${AT_ONCE} containers at once, ours /`;
  const rounds = `medians of ${ROUNDS_AT_ONCE}`;
  const detail = (other: number) => `${seconds(ours)}, ${seconds(other)}, ${rounds}`;
  yield { name: `${name} bridge`, value: ours / bridge, unit: '×', detail: detail(bridge) };
  yield {
    name: `${name} a bridge of one’s own`,
    value: ours / userBridge,
    unit: '×',
    detail: detail(userBridge),
  };
}
