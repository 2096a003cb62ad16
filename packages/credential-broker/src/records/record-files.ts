import { randomBytes } from 'node:crypto';
import { chown, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BrokerError } from '../errors.ts';

/** Longest record that the broker reads, in bytes. */
const LONGEST = 2 ** 20;

/**
 * Creates a file with its whole content, unless the file exists. The content is on the disk before the file
 * has its name, and link(2) fails if another process gave a file that name first, on NFS too. So a crash
 * leaves either the whole file or none, and of two brokers exactly one creates it.
 *
 * @returns whether this call created the file
 * @throws BrokerError FOLDER_UNUSABLE
 */
export async function createOnce(file: string, content: string): Promise<boolean> {
  const folder = dirname(file);
  const draft = join(folder, `.${basename(file)}.${randomBytes(8).toString('hex')}`);
  try {
    await makeFolder(folder);
    await writeDraft(draft, content, folder);
    try {
      await link(draft, file);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(draft);
    }
    await syncFolder(folder);
    return true;
  } catch (cause) {
    throw unusable(file, cause);
  }
}

/** Returns the content of a file; undefined if it does not exist. @throws BrokerError FOLDER_UNUSABLE */
export async function readRecord(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > LONGEST) throw new Error(`the file has more than ${LONGEST} bytes`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unusable(file, cause);
  }
}

/** The error for a file of the folder that cannot be used. */
export function unusable(file: string, cause: unknown): BrokerError {
  if (cause instanceof BrokerError) return cause;
  return new BrokerError('FOLDER_UNUSABLE', `${file}: ${(cause as Error).message}`, { cause });
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** A folder that a command of root makes belongs to the owner of the folder above it, as files do. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined || process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(first));
  for (let made = folder; made.length >= first.length; made = dirname(made)) await chown(made, uid, gid);
}

/** A command that root runs writes files of the folder's owner, so that the service can read them. */
async function writeDraft(draft: string, content: string, folder: string): Promise<void> {
  const handle = await open(draft, 'wx', 0o600);
  try {
    if (process.getuid?.() === 0) {
      const { uid, gid } = await stat(folder);
      await handle.chown(uid, gid);
    }
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the new name of a file last over a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
