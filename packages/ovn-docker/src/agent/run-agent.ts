import { setTimeout as delay } from 'node:timers/promises';
import { configuredBroker } from '../clients/broker/membership.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { healthRoutes } from '../health/health-routes.ts';
import { HealthService } from '../health/health-service.ts';
import { HealthListener } from '../health/listener.ts';
import type { Log } from '../observe/log.ts';
import { isSwitchAway } from './await-switch.ts';
import { keepCertificate } from './keep-certificate.ts';
import { live } from './life.ts';

/** Pause before a new life if the bridge has vanished while the last one began, in milliseconds. */
const PAUSE_MS = 500;

/**
 * Runs the agent of one VM until `signal` aborts. When it loses the lock (ovsdb-server was restarted, or an
 * operator gave the lock to another agent), it stops serving and starts again from the first phase, which
 * waits for the VM's switch. Clients of its health get an answer between two lives, too.
 * @throws OvnDockerError `E_NO_CREDENTIAL`
 */
export async function runAgent(config: AgentConfig, log: Log, signal: AbortSignal): Promise<void> {
  using health = new HealthService();
  await using _listener = config.serve && new HealthListener(config.serve, healthRoutes(health), log);
  using _keeping = keepingCertificate(config, log);
  while (!signal.aborted) {
    try {
      await live(config, log, { stop: signal, health });
      if (!signal.aborted) log.warn('begins a new life: it waits for the lock again');
    } catch (error) {
      if (!isSwitchAway(error)) throw error;
      log.warn({ err: error }, 'the bridge of the VM’s switch has vanished');
      await delay(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  log.info('agent stopped; containers keep running');
}

/**
 * Renews the VM's certificate until the result is disposed of. It belongs to no phase of a life: an agent
 * that waits for the lock or the switch needs the certificate later.
 */
function keepingCertificate(config: AgentConfig, log: Log): Disposable {
  const ending = new AbortController();
  const broker = configuredBroker(config);
  // With a key of its own file, another program renews the certificate.
  if (broker && broker.key === undefined) void keepCertificate(broker, log, ending.signal);
  return { [Symbol.dispose]: () => ending.abort() };
}
