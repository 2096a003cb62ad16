import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FileLock } from './file-lock.ts';

function lockPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'file-lock-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'lock');
}

it('one lock at a time has the file', () => {
  const path = lockPath();
  const lock = FileLock.acquire(path);
  expect(FileLock.acquire(path)).toBeUndefined();
  lock?.[Symbol.dispose]();
  using next = FileLock.acquire(path);
  expect(next).toBeDefined();
  // A second disposal must not release the lock of another.
  lock?.[Symbol.dispose]();
  expect(FileLock.acquire(path)).toBeUndefined();
});

it('a process that ends releases the file, and a child of the owner does not hold it', async () => {
  const path = lockPath();
  const other = spawn('flock', [path, 'sh', '-c', 'echo locked; read end'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(other.stdout, 'data');
  expect(FileLock.acquire(path)).toBeUndefined();
  other.stdin.end();
  await once(other, 'exit');
  const mine = FileLock.acquire(path);
  const child = spawn('sh', ['-c', 'echo started; read end'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  mine?.[Symbol.dispose]();
  using next = FileLock.acquire(path);
  expect(next).toBeDefined();
  child.stdin.end();
});

it('a file that cannot be made is an error', () => {
  expect(() => FileLock.acquire(join(lockPath(), 'missing', 'lock'))).toThrow(/ENOENT|ENOTDIR/);
});
