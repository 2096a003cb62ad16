import { type DestinationStream, type Logger, pino } from 'pino';
import { isJournal, priorityOf } from './journal.ts';

export type Log = Logger;

const STDERR = 2;

/**
 * Opens a log of JSON lines on stderr; it censors all fields that may contain a credential. If stderr is
 * systemd's journal, each line begins with its priority, which journald removes.
 */
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
    destination(),
  );
}

function destination(): DestinationStream {
  const stderr = pino.destination({ dest: STDERR, sync: true });
  if (!isJournal(STDERR)) return stderr;
  // With this symbol, pino tells the stream the level of the next line.
  const withPriorities = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      stderr.write(`${priorityOf(this.lastLevel)}${line}`);
    },
  };
  return withPriorities;
}
