import type { VmSwitch } from '../../clients/vm-switch.ts';
import type { HealthService } from '../../health/health-service.ts';
import type { Log } from '../../observe/log.ts';
import { notifySystemd } from '../notify-systemd.ts';

const LOCK = 'ovn_docker_agent';

/**
 * Waits until this agent is the only one in the VM: it holds an OVSDB lock in the VM's own database (RFC 7047
 * §4.1.8).
 * @returns a signal that aborts when the lock is lost; undefined when `stop` ended the waiting
 */
export async function holdLock(
  vmSwitch: VmSwitch,
  log: Log,
  { stop, health }: { readonly stop: AbortSignal; readonly health: HealthService },
): Promise<AbortSignal | undefined> {
  const lost = new AbortController();
  const isHeld = await vmSwitch.lock(LOCK, stop, {
    lost: () => lost.abort(),
    waiting: () => {
      health.waitFor('another agent works in this VM: this one waits until it ends');
      log.info('another agent works in this VM: waiting until it ends');
      // The other agent serves dockerd's driver, so systemd need not keep docker.service waiting.
      void notifySystemd(log, { isReady: true, status: 'waiting: another agent works in this VM' });
    },
  });
  return isHeld ? lost.signal : undefined;
}
