import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OvnDockerError } from '../../errors.ts';

const VIF = 'urn:ovn-docker:vif:';
const INVITATION = 'urn:ovn-docker:invitation:';

/** What the VM's certificate says. */
export interface VmCertificate {
  readonly x509: X509Certificate;
  /** The VM's own port. */
  readonly vifId: string;
  /** The first part of the join token. */
  readonly invitationId: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Reads the first certificate of a file.
 * @throws OvnDockerError `E_CERTIFICATE` if there is none, or it is not a VM's
 */
export async function readVmCertificate(file: string): Promise<VmCertificate> {
  const pem = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new OvnDockerError('E_CERTIFICATE', `cannot read this VM's certificate: ${cause.message}`, {
      cause,
    });
  });
  return parseVmCertificate(pem, file);
}

/** @param source the file or sender, for messages @throws OvnDockerError `E_CERTIFICATE` */
export function parseVmCertificate(pem: string, source: string): VmCertificate {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(pem);
  } catch (cause) {
    throw new OvnDockerError('E_CERTIFICATE', `${source} contains no certificate`, { cause });
  }
  const uris = (x509.subjectAltName ?? '').split(', ').map((name) => name.replace(/^URI:/, ''));
  const named = (prefix: string) => uris.find((uri) => uri.startsWith(prefix))?.slice(prefix.length) ?? '';
  const [vifId, invitationId] = [named(VIF), named(INVITATION)];
  if (vifId === '') throw new OvnDockerError('E_CERTIFICATE', `the certificate of ${source} names no VM`);
  const { validFromDate: notBefore, validToDate: notAfter } = x509;
  return { x509, vifId, invitationId, notBefore, notAfter };
}

/** When the agent renews a certificate: after two thirds of its life. */
export function renewalOf({ notBefore, notAfter }: Pick<VmCertificate, 'notBefore' | 'notAfter'>): Date {
  const [start, end] = [notBefore.getTime(), notAfter.getTime()];
  return new Date(start + ((end - start) * 2) / 3);
}
