import { pino } from 'pino';

/** The service's log: JSON lines on standard error. Tokens, passwords and secrets are never given to it. */
export type Log = Pick<ReturnType<typeof pino>, 'debug' | 'info' | 'warn' | 'error'>;

/** Opens the log. */
export function openLog(level: string): Log {
  return pino({ level, base: { service: 'embedded-neutron' } }, pino.destination({ fd: 2, sync: true }));
}
