import { closeSync, mkdirSync, openSync } from 'node:fs';
import { asNetlinkError, errnoOf, NetlinkError } from '../errors.ts';
import { checked, LOCK_EX, lastErrno, libc, MS_BIND, MS_REC, MS_SHARED } from '../socket/libc.ts';
import { NETNS_DIRECTORY } from './name.ts';

/**
 * Makes /run/netns a shared mount point, as ip-netns(8) does: then a namespace that is made or deleted in one mount
 * namespace is made or deleted in all, and does not live on because some other mount namespace still holds it.
 *
 * Only the first call mounts. Two processes that did it at once would pile mounts upon each other, so the directory is
 * locked meanwhile, with the same lock that `ip netns add` takes.
 */
export function prepareNetnsDirectory(): void {
  const operation = `prepare ${NETNS_DIRECTORY}`;
  asNetlinkError(operation, () => mkdirSync(NETNS_DIRECTORY, { recursive: true, mode: 0o755 }));
  const lock = asNetlinkError(operation, () => openSync(NETNS_DIRECTORY, 'r'));
  try {
    checked(operation, libc.flock(lock, LOCK_EX));
    if (makeShared()) return;
    checked(operation, libc.mount(NETNS_DIRECTORY, NETNS_DIRECTORY, 'none', MS_BIND | MS_REC, null));
    if (!makeShared()) throw new NetlinkError({ operation, errno: errnoOf('EINVAL') });
  } finally {
    closeSync(lock);
  }
}

/** False when the directory is not a mount point yet. */
function makeShared(): boolean {
  if (libc.mount('', NETNS_DIRECTORY, 'none', MS_SHARED | MS_REC, null) === 0) return true;
  const errno = lastErrno();
  if (errno === errnoOf('EINVAL')) return false;
  throw new NetlinkError({ operation: `share ${NETNS_DIRECTORY}`, errno });
}
