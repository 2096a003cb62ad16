import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** The agent's own counters (Prometheus exposition format): each sample by its name and labels. */
export type Samples = ReadonlyMap<string, number>;

/** @param socketPath the agent's Unix socket */
export async function readSamples(socketPath: string): Promise<Samples> {
  const [answer] = (await once(get({ socketPath, path: '/v1/metrics', agent: false }), 'response')) as [
    IncomingMessage,
  ];
  const lines = (await text(answer)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** Sum of all samples of a metric, whatever their labels. */
export function total(samples: Samples, name: string): number {
  return [...samples].reduce(
    (sum, [key, value]) => (key === name || key.startsWith(`${name}{`) ? sum + value : sum),
    0,
  );
}

/** Requests to Keystone and Neutron between two readings, each try counted: `POST 1, PUT 1`; and how many those are. */
export function apiCalls(before: Samples, after: Samples): { count: number; methods: string } {
  const found: string[] = [];
  for (const [key, value] of after) {
    const method = /^ovn_docker_api_requests_total\{method="([A-Z]+)"\}$/.exec(key)?.[1];
    const calls = value - (before.get(key) ?? 0);
    if (method && calls > 0) found.push(`${method} ${calls}`);
  }
  const name = 'ovn_docker_api_requests_total';
  return { count: total(after, name) - total(before, name), methods: found.join(', ') };
}

/** Seconds that each stage of attach, or of detach, took between two readings. */
export function stageSeconds(
  before: Samples,
  after: Samples,
  direction: 'up' | 'down' = 'up',
): Map<string, number> {
  const found = new Map<string, number>();
  const sum = /^ovn_docker_stage_seconds_sum\{stage="([^"]+)",direction="(up|down)",result="ok"\}$/;
  for (const [key, value] of after) {
    const [, stage, is] = sum.exec(key) ?? [];
    if (stage && is === direction) found.set(stage, value - (before.get(key) ?? 0));
  }
  return found;
}
