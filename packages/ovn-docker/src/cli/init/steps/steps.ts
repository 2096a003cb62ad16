import type { Step } from '../step.ts';
import { addresses } from './addresses.ts';
import { agent } from './agent.ts';
import { agentFiles } from './agent-files.ts';
import { bridge } from './bridge.ts';
import { networkFiles } from './network-files.ts';
import { reachApi } from './reach-api.ts';
import { takeOver } from './take-over.ts';

/** The steps of `ovn-docker init` in their order. They are undone from the last one to the first. */
export const steps: readonly Step[] = [
  agentFiles,
  networkFiles,
  bridge,
  addresses,
  takeOver,
  reachApi,
  agent,
] as readonly Step[];
