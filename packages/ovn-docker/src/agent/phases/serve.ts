import { join } from 'node:path';
import { apiServer } from '../../api/server.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import type { HealthService } from '../../health/health-service.ts';
import { Prober } from '../../health/probes/prober.ts';
import type { Log } from '../../observe/log.ts';
import { observeMetrics } from '../../observe/metrics.ts';
import { libnetworkServer } from '../../plugins/libnetwork/server.ts';
import { listen } from '../listen.ts';
import { notifySystemd } from '../notify-systemd.ts';
import { sharedWith } from '../share-socket.ts';
import type { Clients } from './open-clients.ts';
import type { Recognised } from './recognise.ts';

interface ServeOptions {
  readonly signal: AbortSignal;
  readonly health: HealthService;
  readonly closing: AsyncDisposableStack;
}

/**
 * Opens the sockets of the agent's own API and of the libnetwork driver, and reports to systemd that the
 * agent is ready.
 * @returns what probes the containers, once they are known
 */
export async function serve(
  config: AgentConfig,
  { cloud, docker }: Pick<Clients, 'cloud' | 'docker'>,
  { engine, reconciler }: Recognised,
  log: Log,
  { signal, health, closing }: ServeOptions,
): Promise<Prober> {
  closing.use(observeMetrics());
  const prober = closing.use(new Prober(engine, { everyMs: config.probes.every * 1000 }));
  closing.use(health.show({ engine, docker, probeOf: (nic) => prober.resultOf(nic) }));
  const api = apiServer(engine, reconciler, cloud, health);
  closing.use(await listen(api, config.socket, signal, { share: sharedWith(config, log) }));
  const plugin = join(config.docker.plugins_dir, `${config.docker.driver}.sock`);
  closing.use(await listen(libnetworkServer(engine, config.docker.publish), plugin, signal));
  if (signal.aborted) return prober;
  log.info({ socket: config.socket, plugin }, 'agent ready');
  void notifySystemd(log, {
    isReady: true,
    status: engine.unconfirmed ? `serving without Neutron: ${engine.unconfirmed}` : 'serving',
  });
  return prober;
}
