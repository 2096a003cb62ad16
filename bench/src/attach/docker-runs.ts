import type { Line } from '../line.ts';
import { median } from '../statistics.ts';
import { BareDriver } from './bare-driver.ts';
import type { BenchLab } from './bench-lab.ts';

const ROUNDS = 21;
const AT_ONCE = 50;
const ROUNDS_AT_ONCE = 3;
/**
 * A user-defined bridge: unlike the default one it has Docker's own name server, as a network of the `ovn`
 * driver does.
 */
const USER_BRIDGE = 'user-bridge';
/** A network of {@link BareDriver}. */
const BARE = 'bare';
const IMAGE = 'busybox:local';

/**
 * Measures `docker run --rm … true` in turns without a network, on Docker's default and a user-defined
 * bridge, on a driver that does nothing and on our network. The ratio to the driver that does nothing has a
 * target; so have the ratios to the bridges on Docker 28, whose default bridge has Docker's name server, too
 * (docs/decisions/docker-run-time.md).
 */
export async function* dockerRuns({ vm }: BenchLab, network: string, engine: string): AsyncGenerator<Line> {
  const toBridges = engine === '28' ? { atMost: 0.7 } : {};
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
  yield { name: 'docker run --rm, a user-defined bridge adds', value: userBridge, unit: 'ms' };
  yield { name: 'docker run --rm, a driver that does nothing adds', value: bare, unit: 'ms' };
  yield { name: 'docker run --rm, our network adds', value: ours, unit: 'ms' };
  yield { name: 'added time: ours / bridge', value: ours / bridge, unit: '×', ...toBridges };
  yield {
    name: 'added time: ours / user-defined bridge',
    value: ours / userBridge,
    unit: '×',
    ...toBridges,
  };
  yield { name: 'added time: ours / driver that does nothing', value: ours / bare, unit: '×', atMost: 1.2 };
  yield { name: 'added time: driver that does nothing / bridge', value: bare / bridge, unit: '×' };
  // Both bridges have the same driver, but every user-defined network has Docker's name server.
  const nameServer = userBridge - bridge;
  yield { name: 'added time: Docker’s own name server', value: nameServer, unit: 'ms' };
  yield {
    name: 'added time: ours without name server / bridge',
    value: (ours - nameServer) / bridge,
    unit: '×',
    detail: `${(ours - nameServer).toFixed(0)} ms, ${bridge.toFixed(0)} ms`,
  };
  await vm.must(['docker', 'network', 'rm', BARE]);
}

/** Measures the start of many containers at once, in turns on our network and on Docker's bridges. */
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
    name: `${name} user-defined bridge`,
    value: ours / userBridge,
    unit: '×',
    detail: detail(userBridge),
  };
}
