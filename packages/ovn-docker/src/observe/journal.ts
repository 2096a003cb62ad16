import { fstatSync } from 'node:fs';

/** The numbers of syslog priorities (sd-daemon(3)), and the lowest level of the log that has each. */
const priorities: readonly (readonly [level: number, priority: number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [30, 6],
  [0, 7],
];

/** Returns the prefix of a line by which journald learns its priority, such as `<4>` of a warning. */
export function priorityOf(level: number): string {
  const found = priorities.find(([lowest]) => level >= lowest);
  return `<${found?.[1] ?? 7}>`;
}

/**
 * Whether a file descriptor is connected to systemd's journal: JOURNAL_STREAM has its device and inode
 * (systemd.exec(5)).
 */
export function isJournal(fd: number, stream = process.env['JOURNAL_STREAM']): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(fd);
  return stream === `${dev}:${ino}`;
}

/** Writes lines to stderr that are not part of the log; systemd's journal learns the priority of each. */
export function writeToStderr(level: 'warn' | 'error', text: string): void {
  const prefix = isJournal(2) ? priorityOf(level === 'warn' ? 40 : 50) : '';
  process.stderr.write(text.replace(/^.*\n/gm, (line) => prefix + line));
}
