import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Runs in a mount namespace with its own /run: takes the lock of /run/netns, waits until the kernel shows
 * that the given command waits for the lock (proc_locks(5)), removes the directory, releases the lock, and
 * prints what the command created.
 */
const holdLock = `
  mount -t tmpfs none /run
  mkdir /run/netns
  exec 9</run/netns
  flock 9
  "$@" 9<&- &
  until grep -q -- "-> FLOCK.* $! " /proc/locks; do readlink /proc/$!/exe >/dev/null; done
  rmdir /run/netns
  exec 9<&-
  wait $!
  for path in /run/netns /run/netns/nltest-waited; do mountpoint -q $path && echo $path; done
`;

test('a process that waits for the lock while the directory is removed creates the directory again', () => {
  const source = join(import.meta.dirname, '../index.ts');
  const script = `const nl = await import(${JSON.stringify(source)}); nl.createNetns('nltest-waited');`;
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const output = execFileSync('unshare', ['--mount', 'sh', '-ec', holdLock, 'sh', ...node], {
    encoding: 'utf8',
  });
  expect(output).toBe('/run/netns\n/run/netns/nltest-waited\n');
});
