import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Log } from '../observe/log.ts';

/**
 * Reports to systemd that this service is ready, so that docker.service, which is ordered after it, starts
 * now (sd_notify(3), `Type=notify`). Node has no datagram Unix sockets, so systemd's own program sends the
 * message. Does nothing when systemd has not set NOTIFY_SOCKET.
 */
export async function notifySystemd(log: Log): Promise<void> {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  await promisify(execFile)('systemd-notify', ['--ready']).catch((error: unknown) => {
    log.warn({ err: error }, 'could not report to systemd that the agent is ready');
  });
}
