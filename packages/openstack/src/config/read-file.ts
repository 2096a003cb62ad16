import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CloudConfigError } from '../errors.ts';
import { GrowingBuffer } from '../growing-buffer.ts';

/** Limit in bytes for a configuration file, a token file and a file of certificates. */
const LONGEST_FILE = 2 ** 20;

/** What a file may be. A pipe is accepted only where the caller named it: it may block for ever. */
export interface ReadOptions {
  readonly acceptsPipe: boolean;
}

/** The text of a file, with the owner and mode of the file that was read. */
export interface ReadFile {
  readonly text: string;
  readonly stats: Stats;
}

/**
 * Reads a text file of at most 1 MiB.
 *
 * @throws Node's error if the file cannot be opened or read
 * @throws {CloudConfigError} CLOUD_FILE_INVALID if the file is too long or no regular file
 */
export async function readBounded(path: string, { acceptsPipe }: ReadOptions): Promise<ReadFile> {
  // O_NONBLOCK: opening a pipe that has no writer would block a thread for ever.
  const file = await open(path, constants.O_RDONLY | (acceptsPipe ? 0 : constants.O_NONBLOCK));
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR' });
    if (!stats.isFile() && !acceptsPipe) {
      throw new CloudConfigError('CLOUD_FILE_INVALID', `${path} is no regular file`);
    }
    return { text: await readAtMost(file, path), stats };
  } finally {
    await file.close();
  }
}

async function readAtMost(file: FileHandle, path: string): Promise<string> {
  const text = new GrowingBuffer();
  const buffer = Buffer.alloc(65_536);
  for (;;) {
    const { bytesRead } = await file.read({ buffer });
    if (bytesRead === 0) return text.bytes().toString('utf8');
    text.append(buffer.subarray(0, bytesRead));
    if (text.length > LONGEST_FILE) {
      throw new CloudConfigError('CLOUD_FILE_INVALID', `${path} is longer than ${LONGEST_FILE} bytes`);
    }
  }
}
