import { setTimeout as delay } from 'node:timers/promises';
import { apiCalls, type Samples } from './agent-metrics.ts';
import { type AttachTime, attachOne, type DockerNetwork } from './calls.ts';
import type { PluginClient } from './plugin-client.ts';

const POLL_INTERVAL_MS = 20;
const POLLS = 500;

/** A round of attaches, followed by as many detaches. */
export interface WarmRound {
  readonly times: readonly AttachTime[];
  /**
   * Requests to Keystone and Neutron during the attaches. Those during the detaches do not count: the agent
   * checks the returned ports in the background.
   */
  readonly calls: number;
}

/**
 * Attaches `count` warm NICs and detaches them; resolves when they are warm again.
 * @throws Error if they are not warm after 10 s
 */
export async function warmRound(
  plugin: PluginClient,
  network: DockerNetwork,
  samples: () => Promise<Samples>,
  count: number,
): Promise<WarmRound> {
  await untilAllWarm(samples);
  const before = await samples();
  const attached = [];
  for (let n = 0; n < count; n++) attached.push(await attachOne(plugin, network));
  const { count: calls } = apiCalls(before, await samples());
  const times: AttachTime[] = [];
  for (const { attachMs, detach } of attached) times.push({ attachMs, detachMs: await detach() });
  await untilAllWarm(samples);
  return { times, calls };
}

/** Resolves when the agent is preparing no NIC, so that all returned NICs are warm. */
async function untilAllWarm(samples: () => Promise<Samples>): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    if (((await samples()).get('ovn_docker_nics{state="making"}') ?? 0) === 0) return;
    await delay(POLL_INTERVAL_MS);
  }
  throw new Error('the returned NICs are not warm again');
}
