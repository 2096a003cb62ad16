import { closeSync, openSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { asNetlinkError, errnoOf, isNetlinkError, NetlinkError } from '../errors.ts';
import { CLONE_NEWNET, checked, lastErrno, libc, MNT_DETACH, MS_BIND } from '../socket/libc.ts';
import { withNetnsDirectory } from './directory.ts';
import { withOwnNetnsRestored } from './in-netns.ts';
import { NETNS_DIRECTORY, netnsPath } from './name.ts';
import { OWN_NETNS } from './netns-file.ts';

/**
 * Makes a network namespace with a name, as `ip netns add` does: it lives until {@link deleteNetns}, with no process in
 * it. Its loopback is down.
 *
 * @returns its path, `/run/netns/NAME`.
 * @throws NetlinkError EEXIST, EPERM, ENOSPC (full /run, or user.max_net_namespaces reached).
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
      // Whether there is a mount does not matter: the name is to go, and this error to be told.
      libc.umount2(path, MNT_DETACH);
      rmSync(path, { force: true });
      throw error;
    }
    return path;
  });
}

/**
 * Takes the name away; the namespace goes with it, unless a process or an open file still holds it.
 *
 * @throws NetlinkError ENOENT when there is no such name, EPERM.
 */
export function deleteNetns(name: string): void {
  removeName(netnsPath(name), `delete network namespace ${name}`);
}

/** Names under /run/netns in alphabetical order, as `ip netns list` shows them (it knows no order). */
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
    // EINVAL: a name without a mount, left by someone who was killed between the two. It goes too.
    if (errno !== errnoOf('EINVAL')) throw new NetlinkError({ operation, errno });
  }
  asNetlinkError(operation, () => unlinkSync(path));
}
