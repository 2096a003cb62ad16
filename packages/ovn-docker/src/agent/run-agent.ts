import { setTimeout as delay } from 'node:timers/promises';
import type { AgentConfig } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';
import type { Log } from '../observe/log.ts';
import { live } from './life.ts';

/** Pause between attempts to reach the VM's switch again, in milliseconds. */
const SWITCH_PAUSE_MS = 500;

/**
 * Runs the agent of one VM until `signal` aborts. When it loses the lock (ovsdb-server was restarted, or an
 * operator gave the lock to another agent), it stops serving and starts again from the first phase.
 * @throws OvnDockerError when it cannot start for the first time; later it waits for the VM's switch
 */
export async function runAgent(config: AgentConfig, log: Log, signal: AbortSignal): Promise<void> {
  await live(config, log, signal);
  while (!signal.aborted) {
    log.warn('lost the lock: waiting for it again');
    await liveAgain(config, log, signal);
  }
  log.info('agent stopped; containers keep running');
}

/** Waits while the daemons of the VM's switch restart, or while it has no bridge yet. */
async function liveAgain(config: AgentConfig, log: Log, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      return await live(config, log, signal);
    } catch (error) {
      if (!(error instanceof OvnDockerError && error.code === 'E_SWITCH')) throw error;
      if (tries === 0) log.warn({ err: error }, 'the VM’s switch is away; trying until it is back');
      await delay(SWITCH_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
