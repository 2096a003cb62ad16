import { readFileSync } from 'node:fs';

/** Files that are not connections of clients: the database, listeners, the event loop, certificates. */
const RESERVED = 40;
/** With fewer connections the service would be of no use. */
const FEWEST = 8;

/**
 * The number of connections that the limit of open files allows (proc(5), `/proc/[pid]/limits`). Beyond it,
 * the kernel would refuse connections without regard to who has the others.
 */
export function connectionsWithin(wanted: number): number {
  const most = openFiles();
  return most === undefined ? wanted : Math.max(FEWEST, Math.min(wanted, most - RESERVED));
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
