import { pino } from 'pino';

/** The service's log: JSON lines on standard error. It must not contain tokens, passwords or secrets. */
export type Log = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

/** Opens the log. @param level debug, info, warn, error or silent */
export function openLog(level: string): Log {
  return pino({ level, base: { service: 'embedded-neutron' } }, pino.destination({ fd: 2, sync: true }));
}
