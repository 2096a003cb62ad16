import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files of the repository at `root` that are written by hand: tracked, or new and not ignored. Paths are
 * relative to `root`.
 */
export function handWrittenFiles(root: string): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  return execFileSync('git', list, { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !/(^|\/)(node_modules|dist|generated|LICENSE)(\/|$)/.test(path))
    .filter((path) => existsSync(join(root, path)));
}
