import { AgentClient } from '../../api/client.ts';
import { DRAINED_BY_HAND, type PoolView, type StatusView } from '../../api/types.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check, CheckResult } from '../checklist/check.ts';
import type { DoctorContext } from './context.ts';

/**
 * Whether the agent can make a warm NIC on the network of `--network`, which takes all stages of attach but
 * the last. Only the agent can make NICs, because it assigns the VLANs.
 */
export const warmNicCheck: Check<DoctorContext> = {
  name: 'one warm NIC',

  async run({ settings: { config, options } }) {
    await using agent = new AgentClient(config.socket);
    const status = await statusOf(agent);
    if (!status && options.network !== undefined) {
      throw new OvnDockerError('E_AGENT_NOT_RUNNING', `no agent answers on ${config.socket}`);
    }
    if (!status) return skipped(`nothing made: no agent answers on ${config.socket}`);
    const warm = status.nics.filter(({ state }) => state === 'warm').length;
    const count = `the agent has ${status.nics.length} NICs, ${warm} of them warm`;
    if (!options.network) return skipped(`nothing made: name a network by --network; ${count}`);
    return await makeWarmNic(agent, options.network);
  },
};

/** The agent's status, or undefined if no agent runs. */
async function statusOf(agent: AgentClient): Promise<StatusView | undefined> {
  try {
    return await agent.status();
  } catch (error) {
    if (error instanceof OvnDockerError && error.code === 'E_AGENT_NOT_RUNNING') return undefined;
    throw error;
  }
}

async function makeWarmNic(agent: AgentClient, network: string): Promise<CheckResult> {
  const before = (await agent.pools()).filter((pool) => belongsTo(pool, network));
  const filled = before.find(({ warm }) => warm > 0);
  if (filled) return { facts: [`${filled.network} has ${filled.warm} already`] };
  if (before.some(({ paused }) => paused === DRAINED_BY_HAND)) {
    return skipped(`nothing made: the pool of ${network} was drained by hand`);
  }
  const [pool] = await agent.fillPool(network, 1);
  if (!pool || pool.warm === 0)
    return skipped(`none on ${network}: ${pool?.paused ?? 'a container has claimed it'}`);
  if (pool.high > 0) return { facts: [`made on ${pool.network}; it stays in the pool`] };
  // This network keeps no NIC warm, so the new one would only stay until its idle time ends.
  await agent.drainPool(network);
  return { facts: [`made on ${pool.network}, and deleted again: its pool keeps none`] };
}

function belongsTo({ network, networkId }: PoolView, nameOrId: string): boolean {
  return network === nameOrId || networkId === nameOrId;
}

function skipped(fact: string): CheckResult {
  return { facts: [fact], isSkipped: true };
}
