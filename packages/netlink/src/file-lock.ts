import { closeSync, openSync } from 'node:fs';
import { errnoOf, NetlinkError } from './errors.ts';
import { lastErrno, libc } from './socket/libc.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * An exclusive lock of a file (flock(2)). The kernel releases it when the process ends, however it ends.
 * Child processes do not inherit it.
 *
 * @example
 * ```ts
 * using lock = FileLock.acquire('/run/my-program/lock');
 * if (!lock) throw new Error('another process works here');
 * ```
 */
export class FileLock implements Disposable {
  #fd: number | undefined;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Creates the file if there is none, and locks it without waiting. The file stays when the lock is
   * released: removing it would let two processes lock two files of one name.
   *
   * @returns undefined when another process, or another lock of this one, has it
   * @throws Node's error if the file cannot be opened
   * @throws NetlinkError with the error number of flock(2)
   */
  static acquire(path: string): FileLock | undefined {
    const fd = openSync(path, 'a', 0o600);
    if (libc.flock(fd, LOCK_EX | LOCK_NB) === 0) return new FileLock(fd);
    const errno = lastErrno();
    closeSync(fd);
    if (errno === errnoOf('EAGAIN')) return undefined;
    throw new NetlinkError({ operation: `lock ${path}`, errno });
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}
