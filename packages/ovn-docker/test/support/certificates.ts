import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of a certificate and its key. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a CA with the commands of docs/health.md. */
export function makeCa(folder: string, name = 'ca'): Certificate {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const request = ['-x509', '-days', '3650', '-subj', `/CN=${name}`];
  openssl('req', ...request, ...newKey, '-keyout', key, '-out', certificate);
  return { certificate, key };
}

/** Makes a certificate that the CA signs. @param address an IP address of a server */
export function makeCertificate(
  folder: string,
  name: string,
  ca: Certificate,
  address?: string,
): Certificate {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
  writeFileSync(extensions, address ? `subjectAltName=IP:${address}\n` : 'extendedKeyUsage=clientAuth\n');
  const signer = ['-CA', ca.certificate, '-CAkey', ca.key, '-CAcreateserial', '-days', '365'];
  openssl('x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', certificate);
  chmodSync(key, 0o600);
  return { certificate, key };
}
