import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Files that are generated or written by others. */
const NOT_OURS = /(^|\/)(node_modules|dist|generated|LICENSE)(\/|$)|^docs\/scenarios\.md$/;

/**
 * Returns the hand-written files of the repository at `root`, tracked or new, as paths relative to `root`.
 */
export function handWrittenFiles(root: string): string[] {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  return execFileSync('git', list, { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !NOT_OURS.test(path))
    .filter((path) => existsSync(join(root, path)));
}
