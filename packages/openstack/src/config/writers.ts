import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** As many symbolic links as Linux follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

const GROUP_WRITABLE = 0o020;
const OTHERS_WRITABLE = 0o002;
const STICKY = 0o1000;

/**
 * Returns who else can change a file, in words for a warning; undefined if only root and the process's own
 * user can. Follows the path as the kernel does: each directory, each symbolic link and the directories of
 * its target are checked too, because a user who can rename one of them can put another file in place.
 *
 * In a directory with the sticky bit, such as /tmp, users cannot replace the files of others. A file that the
 * user's private group may write (group id = user id, the umask 002 of some distributions) counts as the
 * user's own; for root it does not.
 *
 * @throws Node's error if a part of the path does not exist or cannot be examined
 */
export async function whoElseCanChange(path: string): Promise<string | undefined> {
  const pending = parts(resolve(path));
  let at = '/';
  let links = 0;
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const found = await lstat(next);
    const fault = faultOf(next, found);
    if (fault !== undefined) return fault;
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return `${path} has too many symbolic links`;
    const target = await readlink(next);
    if (isAbsolute(target)) at = '/';
    pending.unshift(...parts(target));
  }
  return undefined;
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

function faultOf(path: string, found: Stats): string | undefined {
  const user = process.geteuid?.() ?? 0;
  if (found.uid !== 0 && found.uid !== user) return `${path} belongs to user ${found.uid}`;
  // The permissions of a link mean nothing (symlink(7)).
  if (found.isSymbolicLink()) return undefined;
  if (found.isDirectory() && (found.mode & STICKY) !== 0) return undefined;
  if (!isWritableByOthers(found)) return undefined;
  return (found.mode & OTHERS_WRITABLE) === 0
    ? `group ${found.gid} may write ${path}`
    : `every user may write ${path}`;
}

/** Whether the mode of a file lets anyone but its owner, or its owner's private group, write it. */
export function isWritableByOthers({ mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>): boolean {
  const isPrivateGroup = uid !== 0 && gid === uid;
  return (mode & OTHERS_WRITABLE) !== 0 || ((mode & GROUP_WRITABLE) !== 0 && !isPrivateGroup);
}
