import { readFileSync } from 'node:fs';

/** With fewer connections, a server would be of no use. */
const FEWEST = 8;

/**
 * The number of connections that the process's limit of open files allows (proc(5), `/proc/[pid]/limits`).
 * Beyond it, the kernel would refuse connections without regard to who has the others.
 *
 * @param reserved files that are no connections of clients, such as databases, listeners and certificates
 * @returns `wanted` or fewer, at least 8
 */
export function connectionsWithin(wanted: number, reserved: number): number {
  const most = openFiles();
  return most === undefined ? wanted : Math.max(FEWEST, Math.min(wanted, most - reserved));
}

/** The soft limit of open files; undefined if there is none. */
function openFiles(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
