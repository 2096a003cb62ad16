import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Log } from '../observe/log.ts';

/**
 * Tells systemd that this service is ready, so that what is ordered after it (docker.service) starts now and not before
 * (sd_notify(3), `Type=notify`). Node has no datagram Unix sockets, so systemd's own program sends it; it is there wherever
 * systemd has set NOTIFY_SOCKET. Without that variable nothing is done.
 */
export async function notifySystemd(log: Log): Promise<void> {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  await promisify(execFile)('systemd-notify', ['--ready']).catch((error: unknown) => {
    log.warn({ err: error }, 'systemd could not be told that the agent is ready');
  });
}
