import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { asNetlinkError, errnoOf, isNetlinkError, NetlinkError } from '../errors.ts';
import { checked, LOCK_EX, lastErrno, libc, MNT_DETACH, MS_BIND, MS_REC, MS_SHARED } from '../socket/libc.ts';
import { NETNS_DIRECTORY } from './name.ts';

/**
 * Makes /run/netns a shared mount point, as ip-netns(8) does, and runs `work`. Because the mount is shared, a
 * name that is added or removed in one mount namespace is added or removed in all, so that no other mount
 * namespace keeps a deleted network namespace alive.
 *
 * Two processes that do this at once would stack mounts on each other. Therefore the function holds the lock
 * of the directory, which `ip netns add` takes too, until it returns.
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
 * Removes /run/netns and its mount when it contains no names, so that this package leaves nothing on the
 * machine. `ip netns add` (ip-netns(8)) creates both again.
 *
 * @returns true when the directory no longer exists, false when it contains names.
 * @throws NetlinkError EPERM.
 * @example
 * ```ts
 * deleteNetns('blue');
 * if (!removeNetnsDirectory()) console.log('other namespaces exist:', listNetns());
 * ```
 */
export const removeNetnsDirectory = (): boolean =>
  unless('ENOENT', () => removeWhenEmpty(`remove ${NETNS_DIRECTORY}`)) ?? true;

function removeWhenEmpty(operation: string): boolean {
  const lock = lockDirectory(operation, false);
  try {
    if (readdirSync(NETNS_DIRECTORY).length > 0) return false;
    // Unmount until no mount is left (EINVAL), because there may be several.
    while (libc.umount2(NETNS_DIRECTORY, MNT_DETACH) === 0);
    const errno = lastErrno();
    if (errno !== errnoOf('EINVAL')) throw new NetlinkError({ operation, errno });
    asNetlinkError(operation, () => rmdirSync(NETNS_DIRECTORY));
    return true;
  } finally {
    closeSync(lock);
  }
}

/** Opens and locks the directory. If another process removes it before the lock is taken, starts over. */
function lockDirectory(operation: string, create: boolean): number {
  for (;;) {
    if (create) unless('EEXIST', () => asNetlinkError(operation, makeDirectory));
    const open = () => asNetlinkError(operation, () => openSync(NETNS_DIRECTORY, 'r'));
    const lock = create ? unless('ENOENT', open) : open();
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

/** Without `recursive`, which would turn the EROFS of a read-only file system into ENOENT. */
const makeDirectory = (): void => mkdirSync(NETNS_DIRECTORY, 0o755);

/** Returns the result of `work`, or undefined when it throws a NetlinkError with this code. */
function unless<T>(code: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isNetlinkError(error, code)) return undefined;
    throw error;
  }
}

/** Makes the mount shared. Returns false when the directory is not a mount point yet. */
function makeShared(): boolean {
  if (libc.mount('', NETNS_DIRECTORY, 'none', MS_SHARED | MS_REC, null) === 0) return true;
  const errno = lastErrno();
  if (errno === errnoOf('EINVAL')) return false;
  throw new NetlinkError({ operation: `share ${NETNS_DIRECTORY}`, errno });
}
