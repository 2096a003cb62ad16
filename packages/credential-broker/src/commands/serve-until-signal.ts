import { openSession } from '../cloud/open-session.ts';
import type { Config } from '../config.ts';
import { openLog } from '../log.ts';
import { serve } from '../serve.ts';

/** Serves until SIGTERM or SIGINT. Prints one line of JSON when VMs can connect. */
export async function serveUntilSignal(config: Config): Promise<void> {
  const log = openLog(config.log_level);
  const session = await openSession(config, log, process.env);
  const service = await serve(config, session, log);
  const { url, caHash } = service;
  process.stdout.write(`${JSON.stringify({ ready: true, url, ca_hash: caHash })}\n`);
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  await service.close();
}
