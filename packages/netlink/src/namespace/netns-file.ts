import { closeSync, openSync } from 'node:fs';
import { asNetlinkError } from '../errors.ts';

/** The network namespace of the thread that opens it; /proc/self would be that of the main thread. */
export const OWN_NETNS = '/proc/thread-self/ns/net';

/**
 * Opens the file of a namespace, runs `work` with its descriptor and closes it. Without a path, runs `work`
 * with undefined.
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
