import { join } from 'node:path';
import { apiServer } from '../../api/server.ts';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import type { AgentConfig } from '../../config/agent-config.ts';
import type { Log } from '../../observe/log.ts';
import { observeMetrics } from '../../observe/metrics.ts';
import { libnetworkServer } from '../../plugins/libnetwork/server.ts';
import { listen } from '../listen.ts';
import { notifySystemd } from '../notify-systemd.ts';
import type { Recognised } from './recognise.ts';

/**
 * Opens the sockets of the agent's own API and of the libnetwork driver, and reports to systemd that the
 * agent is ready.
 */
export async function serve(
  config: AgentConfig,
  cloud: Cloud,
  { engine, reconciler }: Recognised,
  log: Log,
  { signal, closing }: { readonly signal: AbortSignal; readonly closing: AsyncDisposableStack },
): Promise<void> {
  closing.use(observeMetrics());
  closing.use(await listen(apiServer(engine, reconciler, cloud), config.socket, signal));
  const plugin = join(config.docker.plugins_dir, `${config.docker.driver}.sock`);
  closing.use(await listen(libnetworkServer(engine, config.docker.publish), plugin, signal));
  if (signal.aborted) return;
  log.info({ socket: config.socket, plugin }, 'agent ready');
  void notifySystemd(log, {
    isReady: true,
    status: engine.unconfirmed ? `serving without Neutron: ${engine.unconfirmed}` : 'serving',
  });
}
