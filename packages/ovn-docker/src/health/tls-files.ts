import { readFile } from 'node:fs/promises';
import { TlsFiles } from '@ovn-docker/http-server';
import { whoElseCanChange } from '@ovn-docker/openstack';
import type { ServeConfig } from '../config/serve-config.ts';

/**
 * Opens the files of the certificate, the key and the CA of clients. Does not use files that another user
 * than root can change: they would let that user in.
 *
 * @param onProblem gets each problem of reading the files again once, until it is gone
 * @returns undefined when the configuration names none
 * @throws Error which says what is wrong with which file
 */
export async function openTlsFiles(
  { tls, client_ca: clientCa }: ServeConfig,
  rereadMs: number,
  onProblem: (problem: Error) => void,
): Promise<TlsFiles | undefined> {
  return tls && TlsFiles.open({ ...tls, clientCa }, { read: readOwn, rereadMs, onProblem });
}

async function readOwn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const writer = await whoElseCanChange(file);
  if (writer !== undefined) throw new Error(`the agent does not read ${file}: ${writer}`);
  return text;
}
