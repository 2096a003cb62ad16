import { stat } from 'node:fs';
import { types } from 'node:util';
import { errnoOf, invalidArgument, NetlinkError } from '../errors.ts';
import { CLONE_NEWNET, lastErrno, libc } from '../socket/libc.ts';
import { OWN_NETNS, withNetnsFile } from './netns-file.ts';

/**
 * Runs `work` with this thread in the network namespace at `path` (setns(2)) and brings the thread back, also when
 * `work` throws. Sockets stay in the namespace in which they were opened; child processes start in it.
 *
 * `work` must be synchronous: after an `await` the thread would be back already, or worse, other code would run in
 * the wrong namespace.
 *
 * @throws NetlinkError ENOENT when there is no such path, EINVAL when it is no network namespace or when `work`
 *   returns a promise, EPERM without CAP_SYS_ADMIN; whatever `work` throws.
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
  // setns(2): the descriptor is of something else, such as the empty file under a name whose mount is gone.
  const notNetns = errno === errnoOf('EINVAL') ? { reason: 'this is not a network namespace' } : {};
  throw new NetlinkError({ operation, errno, ...notNetns });
}

/**
 * Runs `leave`, which puts this thread in another network namespace, then `work`, then puts the thread back.
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
  // The caller gets our error; a later rejection of the refused promise must not end the process.
  result.catch(() => {});
  throw invalidArgument(operation, 'work returned a promise; it must be synchronous');
}

let threadPoolStarted = false;

/**
 * A new thread inherits the namespace of the thread that makes it, and libuv makes its pool (files, DNS) at the first use.
 * So make it use the pool once before this thread leaves home.
 */
function startThreadPool(): void {
  if (threadPoolStarted) return;
  threadPoolStarted = true;
  stat('/', () => {});
}
