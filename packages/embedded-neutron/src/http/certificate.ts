import { TlsFiles, type TlsPaths } from '@ovn-docker/http-server';
import { ProgramError } from '../errors.ts';
import type { Log } from '../log.ts';

/**
 * Reads the certificate of the listeners. Logs when its files change, and why changed files are not used.
 *
 * @throws ProgramError CERTIFICATE_UNUSABLE
 */
export async function openCertificate(paths: TlsPaths, log: Log): Promise<TlsFiles> {
  const msg = 'the certificate in use stays, because the new one cannot be used';
  const onProblem = ({ message: error }: Error) => log.error({ msg, error });
  const files = await TlsFiles.open(paths, { onProblem }).catch((cause: Error) => {
    throw new ProgramError('CERTIFICATE_UNUSABLE', cause.message, { cause });
  });
  files.follow(() => log.info({ msg: 'new connections use the new certificate', file: paths.certificate }));
  return files;
}
