import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Opens a log of JSON lines on stderr; it censors all fields that may contain a credential. */
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
