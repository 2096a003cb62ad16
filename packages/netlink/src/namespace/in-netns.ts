import { stat } from 'node:fs';
import { types } from 'node:util';
import { errnoOf, invalidArgument, NetlinkError } from '../errors.ts';
import { CLONE_NEWNET, lastErrno, libc } from '../socket/libc.ts';
import { OWN_NETNS, withNetnsFile } from './netns-file.ts';

/**
 * Runs `work` with this thread in the network namespace at `path` (setns(2)), then returns the thread to its
 * own namespace, also when `work` throws. Sockets stay in the namespace in which they were opened; child
 * processes start in it.
 *
 * `work` must be synchronous: after an `await` the thread would be in its own namespace again, or other code
 * would run in the wrong one.
 *
 * @param path such as `/run/netns/blue` or `/proc/PID/ns/net`
 * @returns the result of `work`
 * @throws NetlinkError ENOENT when the path does not exist, EINVAL when it is not a network namespace or when
 *   `work` returns a promise, EPERM without CAP_SYS_ADMIN; the errors of `work`.
 * @example
 * ```ts
 * const sockets = inNetns('/run/netns/blue', () => execFileSync('ss', ['-ltn'], { encoding: 'utf8' }));
 * ```
 */
export function inNetns<T>(path: string, work: () => T): T {
  const operation = `enter network namespace ${path}`;
  return withNetnsFile(operation, path, (target) =>
    withOwnNetnsRestored(operation, () => enter(operation, target), work),
  );
}

function enter(operation: string, target: number): void {
  if (libc.setns(target, CLONE_NEWNET) === 0) return;
  const errno = lastErrno();
  // EINVAL, setns(2): the file is something else, such as the empty file of a name without a mount.
  const notNetns = errno === errnoOf('EINVAL') ? { reason: 'this is not a network namespace' } : {};
  throw new NetlinkError({ operation, errno, ...notNetns });
}

/**
 * Runs `leave`, which moves this thread to another network namespace, then `work`, then moves the thread
 * back.
 */
export function withOwnNetnsRestored<T>(operation: string, leave: () => void, work: () => T): T {
  startThreadPool();
  return withNetnsFile(operation, OWN_NETNS, (own) => {
    leave();
    try {
      return refusePromise(operation, work());
    } finally {
      restore(own);
    }
  });
}

function restore(own: number): void {
  if (libc.setns(own, CLONE_NEWNET) === 0) return;
  const reason = 'this thread is stuck in a foreign network namespace; end the process';
  throw new NetlinkError({ operation: 'return to own network namespace', errno: lastErrno(), reason });
}

function refusePromise<T>(operation: string, result: T): T {
  if (!types.isPromise(result)) return result;
  // A later rejection of the refused promise must not end the process.
  result.catch(() => {});
  throw invalidArgument(operation, 'work returned a promise; it must be synchronous');
}

let threadPoolStarted = false;

/**
 * Makes libuv create its thread pool (files, DNS) before this thread leaves its namespace: libuv creates the
 * pool at the first use, and a new thread inherits the namespace of the thread that creates it.
 */
function startThreadPool(): void {
  if (threadPoolStarted) return;
  threadPoolStarted = true;
  stat('/', () => {});
}
