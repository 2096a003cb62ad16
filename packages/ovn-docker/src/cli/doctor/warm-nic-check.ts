import { AgentClient } from '../../api/client.ts';
import { DRAINED_BY_HAND, type PoolView, type StatusView } from '../../api/types.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Link, Sight } from '../checklist/check.ts';

/**
 * One warm NIC, by all stages of attach but the last. Only the agent may make one, for it gives out the VLANs; without it, or
 * without a network to make it on, nothing is made.
 */
export const warmOneNic: Link = {
  name: 'one warm NIC',

  async look({ settings: { config, options } }) {
    await using agent = new AgentClient(config.socket);
    const status = await askStatus(agent);
    if (!status) return skipped(`nothing made: no agent answers on ${config.socket}`);
    const warm = status.nics.filter(({ state }) => state === 'warm').length;
    const holds = `the agent holds ${status.nics.length} NICs, ${warm} of them warm`;
    if (!options.network) return skipped(`nothing made: name a network by --network; ${holds}`);
    return await makeOne(agent, options.network);
  },
};

async function askStatus(agent: AgentClient): Promise<StatusView | undefined> {
  try {
    return await agent.status();
  } catch (error) {
    if (error instanceof OvnDockerError && error.code === 'E_AGENT_NOT_RUNNING') return undefined;
    throw error;
  }
}

async function makeOne(agent: AgentClient, network: string): Promise<Sight> {
  const before = (await agent.pools()).filter((pool) => isOn(pool, network));
  const has = before.find(({ warm }) => warm > 0);
  if (has) return { facts: [`${has.network} has ${has.warm} already`] };
  if (before.some(({ paused }) => paused === DRAINED_BY_HAND)) {
    return skipped(`nothing made: the pool of ${network} was drained by hand`);
  }
  const [pool] = await agent.fillPool(network, 1);
  if (!pool || pool.warm === 0) return skipped(`none on ${network}: ${pool?.paused ?? 'somebody took it'}`);
  if (pool.high > 0) return { facts: [`made on ${pool.network}; it stays in the pool`] };
  // No NIC is kept warm here: this one would only wait for its idle time.
  await agent.drainPool(network);
  return { facts: [`made on ${pool.network}, and taken away again: its pool keeps none`] };
}

function isOn({ network, networkId }: PoolView, nameOrId: string): boolean {
  return network === nameOrId || networkId === nameOrId;
}

function skipped(fact: string): Sight {
  return { facts: [fact], isSkipped: true };
}
