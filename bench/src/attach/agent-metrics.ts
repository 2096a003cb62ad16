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

/** Seconds that each stage of attach took between two readings. */
export function stageSeconds(before: Samples, after: Samples): Map<string, number> {
  const found = new Map<string, number>();
  for (const [key, value] of after) {
    const stage = /^ovn_docker_stage_seconds_sum\{stage="([^"]+)",direction="up",result="ok"\}$/.exec(
      key,
    )?.[1];
    if (stage) found.set(stage, value - (before.get(key) ?? 0));
  }
  return found;
}
