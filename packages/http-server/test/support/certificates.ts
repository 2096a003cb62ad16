import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a certificate that signs itself: `NAME.pem` and `NAME.key` in a folder. */
export function makeCertificate(folder: string, name: string): { certificate: string; key: string } {
  const certificate = join(folder, `${name}.pem`);
  const key = join(folder, `${name}.key`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
  const more = ['-out', certificate, '-subj', `/CN=${name}`, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...newKey, ...more], { stdio: 'ignore' });
  return { certificate, key };
}
