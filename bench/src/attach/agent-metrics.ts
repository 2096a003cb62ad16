import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** The agent's metrics (Prometheus exposition format): the value of each sample by its name and labels. */
export type Samples = ReadonlyMap<string, number>;

/** Reads the agent's metrics. @param socketPath the agent's Unix socket */
export async function readSamples(socketPath: string): Promise<Samples> {
  const [answer] = (await once(get({ socketPath, path: '/metrics', agent: false }), 'response')) as [
    IncomingMessage,
  ];
  const lines = (await text(answer)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** Returns the sum of a metric's samples with any labels. */
export function total(samples: Samples, name: string): number {
  return [...samples].reduce(
    (sum, [key, value]) => (key === name || key.startsWith(`${name}{`) ? sum + value : sum),
    0,
  );
}

/**
 * Returns the requests to Keystone and Neutron between two readings by method (`POST 1, PUT 1`), and their
 * number. Each try counts.
 */
export function apiCalls(before: Samples, after: Samples): { count: number; methods: string } {
  const methods: string[] = [];
  for (const [key, value] of after) {
    const method = /^ovn_docker_api_requests_total\{method="([A-Z]+)"\}$/.exec(key)?.[1];
    const calls = value - (before.get(key) ?? 0);
    if (method && calls > 0) methods.push(`${method} ${calls}`);
  }
  const name = 'ovn_docker_api_requests_total';
  return { count: total(after, name) - total(before, name), methods: methods.join(', ') };
}

/** Returns the seconds that each stage took between two readings: `up` for attach, `down` for detach. */
export function stageSeconds(
  before: Samples,
  after: Samples,
  direction: 'up' | 'down' = 'up',
): Map<string, number> {
  const seconds = new Map<string, number>();
  const sum = /^ovn_docker_stage_seconds_sum\{stage="([^"]+)",direction="(up|down)",result="ok"\}$/;
  for (const [key, value] of after) {
    const [, stage, sampleDirection] = sum.exec(key) ?? [];
    if (stage && sampleDirection === direction) seconds.set(stage, value - (before.get(key) ?? 0));
  }
  return seconds;
}
