import { writeFile } from 'node:fs/promises';
import { OvnDockerError } from '../../errors.ts';

/**
 * Writes a text with a secret to stdout, or to a new file that only its owner can read.
 * @throws OvnDockerError `E_USAGE` when the file exists or cannot be written
 */
export async function writeSecret(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeFile(file, text, { mode: 0o600, flag: 'wx' }).catch((error: Error) => {
    throw new OvnDockerError('E_USAGE', `cannot write ${file}: ${error.message}`, {
      hint: 'name a file that does not exist yet',
    });
  });
}
