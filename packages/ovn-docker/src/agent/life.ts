import type { AgentConfig } from '../config/agent-config.ts';
import type { HealthService } from '../health/health-service.ts';
import type { Log } from '../observe/log.ts';
import { guardPorts } from './phases/guard-ports.ts';
import { holdLock } from './phases/hold-lock.ts';
import { openClients } from './phases/open-clients.ts';
import { recognise } from './phases/recognise.ts';
import { serve } from './phases/serve.ts';
import { watch } from './phases/watch.ts';
import { quietPorts } from './quiet-ports.ts';
import { tolerate } from './tolerate.ts';

/**
 * The life of an agent, as one ordered list: open clients → hold the lock → guard ports → recognise → serve →
 * watch. It ends when `stop` aborts or another agent gets the lock; then everything that the phases opened is
 * closed, last first.
 * @throws OvnDockerError `E_NO_CREDENTIAL`; `E_SWITCH` when the bridge has vanished meanwhile
 */
export async function live(
  config: AgentConfig,
  log: Log,
  { stop, health }: { readonly stop: AbortSignal; readonly health: HealthService },
): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const clients = await openClients(config, log, { stop, health, closing });
  if (!clients) return;

  const lost = await holdLock(clients.vmSwitch, log, { stop, health });
  if (!lost) return;
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, lost, ended.signal]);

  const guard = await guardPorts(config, clients.vmSwitch, log, closing);
  await tolerate(log, quietPorts(clients.vmSwitch, clients.netlink, log));

  const onOtherVm = () => ended.abort();
  const recognised = await recognise(config, { ...clients, guard }, log, { signal, onOtherVm });
  // Passes use the switch and Neutron: wait for them before the clients are closed.
  closing.defer(async () => {
    ended.abort();
    await recognised.reconciler.whenIdle();
  });
  if (signal.aborted) return;

  const prober = await serve(config, clients, recognised, log, { signal, health, closing });
  if (signal.aborted) return;

  await watch(config, clients, { ...recognised, prober }, signal);
}
