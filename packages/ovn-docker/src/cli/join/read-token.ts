import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { OvnDockerError } from '../../errors.ts';

/** Where a join token comes from. */
export interface TokenSource {
  readonly token?: string | undefined;
  /** A file; `-` is standard input. */
  readonly tokenFile?: string | undefined;
}

/** A join token, and the invitation to which it belongs. */
export interface JoinToken {
  readonly token: string;
  readonly invitationId: string;
}

/**
 * Reads the token. No error shows it.
 * @throws OvnDockerError `E_JOIN_TOKEN` if the token cannot be read, or is none
 */
export async function readToken({ token, tokenFile }: TokenSource): Promise<JoinToken> {
  const read = (token ?? (await readSource(tokenFile ?? '-'))).trim();
  const [, invitationId] = /^([0-9a-f]{1,64})\.[\w-]{16,512}$/.exec(read) ?? [];
  if (invitationId !== undefined) return { token: read, invitationId };
  const source = token === undefined ? `the content of ${tokenFile ?? 'standard input'}` : '--token';
  throw new OvnDockerError('E_JOIN_TOKEN', `${source} is no join token: it is not of the form ID.SECRET`);
}

async function readSource(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin);
  return await readFile(file, 'utf8').catch((cause: Error) => {
    throw new OvnDockerError('E_JOIN_TOKEN', `cannot read the token: ${cause.message}`, { cause });
  });
}
