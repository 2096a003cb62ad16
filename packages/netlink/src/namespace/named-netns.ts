import { closeSync, openSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { asNetlinkError, errnoOf, isNetlinkError, NetlinkError } from '../errors.ts';
import { CLONE_NEWNET, checked, lastErrno, libc, MNT_DETACH, MS_BIND } from '../socket/libc.ts';
import { withNetnsDirectory } from './directory.ts';
import { withOwnNetnsRestored } from './in-netns.ts';
import { NETNS_DIRECTORY, netnsPath } from './name.ts';
import { OWN_NETNS } from './netns-file.ts';

/**
 * Creates a named network namespace, as `ip netns add` does (ip-netns(8)). It needs no process and exists
 * until {@link deleteNetns}. Its loopback interface is down.
 *
 * @param name a file name of 1 to 255 bytes
 * @returns its path, `/run/netns/NAME`.
 * @throws NetlinkError EEXIST when the name is taken, EINVAL when it is not a file name, EPERM, ENOSPC (/run
 *   is full, or user.max_net_namespaces is reached), EROFS when /run is read-only.
 * @example
 * ```ts
 * using rtnl = Rtnetlink.open(createNetns('blue'));
 * rtnl.setLink('lo', { up: true });
 * ```
 */
export function createNetns(name: string): string {
  const path = netnsPath(name);
  const operation = `create network namespace ${name}`;
  return withNetnsDirectory(() => {
    asNetlinkError(operation, () => closeSync(openSync(path, 'wx', 0o000)));
    try {
      const unshare = () => checked(operation, libc.unshare(CLONE_NEWNET));
      const bind = () => checked(operation, libc.mount(OWN_NETNS, path, 'none', MS_BIND, null));
      withOwnNetnsRestored(operation, unshare, bind);
    } catch (error) {
      // Remove the name whether or not it was mounted, and report the first error.
      libc.umount2(path, MNT_DETACH);
      rmSync(path, { force: true });
      throw error;
    }
    return path;
  });
}

/**
 * Removes the name of a network namespace, as `ip netns delete` does (ip-netns(8)). The kernel then deletes
 * the namespace, unless a process or an open file still uses it.
 *
 * @throws NetlinkError ENOENT when the name does not exist, EINVAL when it is not a file name, EPERM.
 * @example
 * ```ts
 * for (const name of listNetns()) if (name.startsWith('test-')) deleteNetns(name);
 * ```
 */
export function deleteNetns(name: string): void {
  removeName(netnsPath(name), `delete network namespace ${name}`);
}

/**
 * The names in /run/netns, in alphabetical order; empty when the directory does not exist. `ip netns list`
 * shows the same names (ip-netns(8)).
 *
 * @example
 * ```ts
 * console.log(listNetns()); // ['blue', 'green']
 * ```
 */
export function listNetns(): string[] {
  try {
    return asNetlinkError('list network namespaces', () => readdirSync(NETNS_DIRECTORY)).sort();
  } catch (error) {
    if (isNetlinkError(error, 'ENOENT')) return [];
    throw error;
  }
}

function removeName(path: string, operation: string): void {
  if (libc.umount2(path, MNT_DETACH) !== 0) {
    const errno = lastErrno();
    // EINVAL: the name has no mount, because a process was killed before it mounted the namespace. Remove the
    // name too.
    if (errno !== errnoOf('EINVAL')) throw new NetlinkError({ operation, errno });
  }
  asNetlinkError(operation, () => unlinkSync(path));
}
