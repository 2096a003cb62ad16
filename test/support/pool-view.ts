import type { AgentProcess } from './agent-process.ts';

/** A pool of warm NICs, as the agent and `ovn-docker pool … --json` show it. */
export interface PoolView {
  readonly network: string;
  readonly warm: number;
  readonly making: number;
  readonly claimed: number;
  readonly low: number;
  readonly high: number;
  readonly paused?: string;
}

/** What the agent says of a network's pool; undefined when there is none. */
export async function poolOf(agent: AgentProcess, network: string): Promise<PoolView | undefined> {
  const all = (await agent.ask('GET', '/v1/pools')) as PoolView[];
  return all.find((view) => view.network === network);
}
