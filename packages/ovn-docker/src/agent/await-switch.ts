import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { apiServer } from '../api/server.ts';
import type { Cloud } from '../clients/neutron/cloud.ts';
import { VmSwitch } from '../clients/vm-switch.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';
import type { HealthService } from '../health/health-service.ts';
import type { Log } from '../observe/log.ts';
import { libnetworkServer } from '../plugins/libnetwork/server.ts';
import { engineWithoutSwitch } from './engine-without-switch.ts';
import { listen } from './listen.ts';
import { notifySystemd } from './notify-systemd.ts';
import { sharedWith } from './share-socket.ts';

/** Times in milliseconds; tests shorten them. */
export interface SwitchPatience {
  /** How long one attempt waits for ovsdb-server, and the pause before the next attempt. */
  readonly attemptMs: number;
  readonly pauseMs: number;
  /** When Docker may start without the switch, counted from the first attempt. */
  readonly holdMs: number;
}

const PATIENCE: SwitchPatience = { attemptMs: 3000, pauseMs: 500, holdMs: 30_000 };

/**
 * Connects to the VM's switch, and waits while its database does not answer or has no bridge yet: both may
 * come after the agent, at the boot as well as later. Says what it waits for in one line of the log, to
 * systemd, and to everyone who asks the agent's socket.
 *
 * docker.service starts when the agent is ready, and needs the driver at once: the agent is ready when it has
 * the switch. A VM whose switch never comes must boot all the same, so after `holdMs` the agent is ready
 * without it, and the driver refuses each call with the reason (docs/decisions/waiting-at-boot.md).
 * @returns undefined when `stop` ended the waiting
 */
export async function awaitSwitch(
  config: AgentConfig,
  cloud: Cloud,
  log: Log,
  { stop, health }: { readonly stop: AbortSignal; readonly health: HealthService },
  { attemptMs, pauseMs, holdMs }: SwitchPatience = PATIENCE,
): Promise<VmSwitch | undefined> {
  await using waiting = new AsyncDisposableStack();
  const { remote, bridge } = config.ovs;
  const held = performance.now() + holdMs;
  let reason = new OvnDockerError('E_SWITCH', '');
  let isServing = false;
  let isReady = false;
  while (!stop.aborted) {
    try {
      return await VmSwitch.open(remote, bridge, attemptMs);
    } catch (error) {
      if (!isSwitchAway(error)) throw error;
      const status = `waiting for the VM's switch: ${error.message}`;
      if (reason.message !== status) {
        reason = new OvnDockerError('E_SWITCH', status);
        log.warn(status);
        health.waitFor(status);
        void notifySystemd(log, { status });
      }
    }
    const engine = () => engineWithoutSwitch(config, cloud, log, () => reason);
    if (!isServing) {
      isServing = true;
      const refuse = () => Promise.reject(reason);
      const api = apiServer(engine(), { plan: refuse, run: refuse }, cloud, health);
      waiting.use(await listen(api, config.socket, stop, { share: sharedWith(config, log) }));
    }
    if (!isReady && performance.now() >= held) {
      isReady = true;
      const plugin = join(config.docker.plugins_dir, `${config.docker.driver}.sock`);
      waiting.use(await listen(libnetworkServer(engine(), config.docker.publish), plugin, stop));
      void notifySystemd(log, { isReady, status: reason.message });
    }
    await delay(pauseMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}

export function isSwitchAway(error: unknown): error is OvnDockerError {
  return error instanceof OvnDockerError && error.code === 'E_SWITCH';
}
