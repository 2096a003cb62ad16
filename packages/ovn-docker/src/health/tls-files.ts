import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { whoElseCanChange } from '@ovn-docker/openstack';
import type { ServeConfig } from '../config/serve-config.ts';

/** The certificates and the key of the listener, as they are in their files now. */
export type TlsFiles = Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>;

/**
 * Reads the files of the certificate, the key and the CA of clients. Refuses files that do not fit together,
 * and those that another user than root can change: they would let that user in.
 * @returns undefined when the configuration names none
 * @throws Error which says what is wrong with which file
 */
export async function readTlsFiles({ tls, client_ca: ca }: ServeConfig): Promise<TlsFiles | undefined> {
  if (!tls) return undefined;
  const files = {
    cert: await readOwn(tls.certificate),
    key: await readOwn(tls.key),
    ...(ca === undefined ? {} : { ca: await readOwn(ca) }),
  };
  try {
    createSecureContext(files);
  } catch (error) {
    const names = [tls.certificate, tls.key, ...(ca === undefined ? [] : [ca])].join(', ');
    throw new Error(
      `the files ${names} are not a certificate, its key and a CA: ${(error as Error).message}`,
    );
  }
  return files;
}

export function areEqual(one: TlsFiles | undefined, other: TlsFiles | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function readOwn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const writer = await whoElseCanChange(file);
  if (writer !== undefined) throw new Error(`the agent does not read ${file}: ${writer}`);
  return text;
}
