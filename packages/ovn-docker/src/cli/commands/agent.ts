import { runAgent } from '../../agent/run-agent.ts';
import { openLog } from '../../observe/log.ts';
import { requireRoot, type Settings } from '../settings.ts';

/** `ovn-docker agent`: serves until SIGTERM or SIGINT. Containers keep their interfaces when it stops. */
export async function agent({ config }: Settings): Promise<void> {
  requireRoot('agent');
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  await runAgent(config, openLog(config.log_level), stop.signal);
}
