import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Log } from '../observe/log.ts';

/** What the agent reports to systemd. */
interface Report {
  /** docker.service, which is ordered after the agent, may start now. */
  readonly isReady?: boolean;
  /** What the agent does now, for `systemctl status`. */
  readonly status: string;
}

/**
 * Reports to systemd (sd_notify(3), `Type=notify`). Node has no datagram Unix sockets, so systemd's own
 * program sends the message. Does nothing when systemd has not set NOTIFY_SOCKET.
 */
export async function notifySystemd(log: Log, { isReady = false, status }: Report): Promise<void> {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  const options = [...(isReady ? ['--ready'] : []), `--status=${status}`];
  await promisify(execFile)('systemd-notify', options).catch((error: unknown) => {
    log.warn({ err: error }, 'could not report to systemd');
  });
}
