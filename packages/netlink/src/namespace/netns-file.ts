import { closeSync, openSync } from 'node:fs';
import { asNetlinkError } from '../errors.ts';

/** The network namespace of the thread that asks; /proc/self would be that of the main thread. */
export const OWN_NETNS = '/proc/thread-self/ns/net';

/**
 * Opens a namespace for the time of `work`. Without a path, `work` gets undefined.
 *
 * @throws NetlinkError ENOENT, EACCES, EMFILE.
 */
export function withNetnsFile<T>(operation: string, path: string, work: (fd: number) => T): T;
export function withNetnsFile<T>(operation: string, path: string | undefined, work: (fd?: number) => T): T;
export function withNetnsFile<T>(operation: string, path: string | undefined, work: (fd: number) => T): T {
  if (path === undefined) return (work as (fd?: number) => T)();
  const fd = asNetlinkError(`${operation}: open ${path}`, () => openSync(path, 'r'));
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}
