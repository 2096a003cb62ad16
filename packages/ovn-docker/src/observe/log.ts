import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on stderr. Paths that could carry a credential are censored, whatever logs them. */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        'cred',
        'token',
        'secret',
        'password',
        '*.cred',
        '*.token',
        '*.secret',
        '*.password',
        '*.*.token',
      ],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
