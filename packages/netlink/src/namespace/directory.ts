import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { asNetlinkError, errnoOf, isNetlinkError, NetlinkError } from '../errors.ts';
import { checked, LOCK_EX, lastErrno, libc, MNT_DETACH, MS_BIND, MS_REC, MS_SHARED } from '../socket/libc.ts';
import { NETNS_DIRECTORY } from './name.ts';

/**
 * Makes /run/netns a shared mount point, as ip-netns(8) does, and runs `work`. Shared: a namespace that is named or
 * unnamed in one mount namespace is so in all, and does not live on because some other mount namespace still holds it.
 *
 * Two processes that did it at once would pile mounts upon each other, so the directory is locked meanwhile, with the
 * same lock that `ip netns add` takes.
 */
export function withNetnsDirectory<T>(work: () => T): T {
  const operation = `prepare ${NETNS_DIRECTORY}`;
  const lock = lockDirectory(operation, true);
  try {
    if (!makeShared()) {
      checked(operation, libc.mount(NETNS_DIRECTORY, NETNS_DIRECTORY, 'none', MS_BIND | MS_REC, null));
      if (!makeShared()) throw new NetlinkError({ operation, errno: errnoOf('EINVAL') });
    }
    return work();
  } finally {
    closeSync(lock);
  }
}

/**
 * Takes /run/netns and its mount away when no name is left in it, so that nothing stays of this package on the machine.
 * `ip netns` makes both again when it needs them.
 *
 * @returns whether the directory is gone; false while it holds names.
 * @throws NetlinkError EPERM.
 */
export const removeNetnsDirectory = (): boolean =>
  unless('ENOENT', () => removeWhenEmpty(`remove ${NETNS_DIRECTORY}`)) ?? true;

function removeWhenEmpty(operation: string): boolean {
  const lock = lockDirectory(operation, false);
  try {
    if (readdirSync(NETNS_DIRECTORY).length > 0) return false;
    // Until no mount is left (EINVAL): there may be several.
    while (libc.umount2(NETNS_DIRECTORY, MNT_DETACH) === 0);
    const errno = lastErrno();
    if (errno !== errnoOf('EINVAL')) throw new NetlinkError({ operation, errno });
    asNetlinkError(operation, () => rmdirSync(NETNS_DIRECTORY));
    return true;
  } finally {
    closeSync(lock);
  }
}

/** Opens and locks the directory. Someone may remove it at any moment before the lock is held; then all again. */
function lockDirectory(operation: string, makeIt: boolean): number {
  for (;;) {
    if (makeIt) unless('EEXIST', () => asNetlinkError(operation, makeDirectory));
    const open = () => asNetlinkError(operation, () => openSync(NETNS_DIRECTORY, 'r'));
    const lock = makeIt ? unless('ENOENT', open) : open();
    if (lock === undefined) continue;
    try {
      checked(operation, libc.flock(lock, LOCK_EX));
    } catch (error) {
      closeSync(lock);
      throw error;
    }
    if (statSync(NETNS_DIRECTORY, { throwIfNoEntry: false })?.ino === fstatSync(lock).ino) return lock;
    closeSync(lock);
  }
}

/** Not `recursive`: that turns the EROFS of a read-only file system into ENOENT. */
const makeDirectory = (): void => mkdirSync(NETNS_DIRECTORY, 0o755);

/** What `work` gives, or undefined when it fails with this code. */
function unless<T>(code: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isNetlinkError(error, code)) return undefined;
    throw error;
  }
}

/** False when the directory is not a mount point yet. */
function makeShared(): boolean {
  if (libc.mount('', NETNS_DIRECTORY, 'none', MS_SHARED | MS_REC, null) === 0) return true;
  const errno = lastErrno();
  if (errno === errnoOf('EINVAL')) return false;
  throw new NetlinkError({ operation: `share ${NETNS_DIRECTORY}`, errno });
}
