import { pino } from 'pino';

/** The broker's log and audit trail: JSON lines on standard error, without tokens, keys and secrets. */
export type Log = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

/** Opens the log. @param level debug, info, warn, error or silent */
export function openLog(level: string): Log {
  return pino(
    { level, base: { service: 'ovn-docker-broker' } },
    pino.destination({ fd: 2, sync: true, minLength: 0 }),
  );
}
