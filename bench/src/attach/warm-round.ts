import { setTimeout as delay } from 'node:timers/promises';
import { apiCalls, type Samples } from './agent-metrics.ts';
import { type AttachTime, attachOne, type DockerNetwork } from './calls.ts';
import type { PluginClient } from './plugin-client.ts';

const LOOK_EVERY_MS = 20;
const LOOKS = 500;

/** Containers that come one after the other, and go when all have come. */
export interface WarmRound {
  readonly times: readonly AttachTime[];
  /** Requests to Keystone and Neutron while they came. On their way back the agent asks for their ports, and nobody waits for it. */
  readonly calls: number;
}

/**
 * Attaches `count` warm NICs and gives them back; ends when they are warm again.
 * @throws Error when they are not in 10 s
 */
export async function warmRound(
  plugin: PluginClient,
  network: DockerNetwork,
  samples: () => Promise<Samples>,
  count: number,
): Promise<WarmRound> {
  await settled(samples);
  const before = await samples();
  const attached = [];
  for (let n = 0; n < count; n++) attached.push(await attachOne(plugin, network));
  const { count: calls } = apiCalls(before, await samples());
  const times: AttachTime[] = [];
  for (const { attachMs, detach } of attached) times.push({ attachMs, detachMs: await detach() });
  await settled(samples);
  return { times, calls };
}

/** Waits until what was given back is warm again. */
async function settled(samples: () => Promise<Samples>): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (((await samples()).get('ovn_docker_nics{state="making"}') ?? 0) === 0) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error('NICs that were given back are not warm again');
}
