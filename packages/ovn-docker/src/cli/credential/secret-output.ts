import { open, unlink } from 'node:fs/promises';
import { OvnDockerError } from '../../errors.ts';

/** Where a text with a secret is written. Disposing it without writing leaves nothing. */
export interface SecretOutput extends AsyncDisposable {
  write(text: string): Promise<void>;
}

/**
 * Opens stdout, or a new file that only its owner can read. Call it before the secret exists, because a
 * secret that cannot be written is lost.
 * @throws OvnDockerError `E_USAGE` when the file exists or cannot be created
 */
export async function openSecretOutput(file: string | undefined): Promise<SecretOutput> {
  if (file === undefined) {
    return {
      write: async (text) => void process.stdout.write(text),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const handle = await open(file, 'wx', 0o600).catch((error: Error) => {
    throw new OvnDockerError('E_USAGE', `cannot create ${file}: ${error.message}`, {
      hint: 'name a file that does not exist yet, in a directory where you may write',
    });
  });
  let isWritten = false;
  return {
    write: async (text) => {
      await handle.writeFile(text);
      isWritten = true;
    },
    [Symbol.asyncDispose]: async () => {
      await handle.close();
      if (!isWritten) await unlink(file);
    },
  };
}
