import type { AgentProcess } from './agent-process.ts';

/** A pool of warm NICs as the agent's API and `ovn-docker pool … --json` show it. */
export interface PoolView {
  readonly network: string;
  readonly warm: number;
  readonly making: number;
  readonly claimed: number;
  readonly low: number;
  readonly high: number;
  readonly paused?: string;
}

/** The pool of a network as the agent shows it; undefined when the network has no pool. */
export async function poolOf(agent: AgentProcess, network: string): Promise<PoolView | undefined> {
  const pools = (await agent.ask('GET', '/v1/pools')) as PoolView[];
  return pools.find((view) => view.network === network);
}
