import { Session } from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';
import { askToRenew } from './ask.ts';
import { type Broker, cloudConfigOf } from './membership.ts';
import { replaceFile } from './store.ts';
import { parseVmCertificate, readVmCertificate, type VmCertificate } from './vm-certificate.ts';

/**
 * Renews the VM's certificate with a new key. Certificate and key are in one file, which is replaced at once:
 * an interrupted renewal leaves the former ones, and the next one begins anew.
 * @throws OvnDockerError `E_CERTIFICATE` `E_BROKER`, the errors of the OpenStack client, and Node's
 */
export async function renewCertificate(broker: Broker): Promise<VmCertificate> {
  // Loaded late: the library is large, and a certificate is renewed once in days.
  const { isFor, makeKey, signingRequest } = await import('./key.ts');
  const former = await readVmCertificate(broker.certificate);
  const key = await makeKey();
  await using session = new Session(cloudConfigOf(broker));
  const { certificate } = await askToRenew(session, await signingRequest(key));
  const renewed = parseVmCertificate(certificate, 'the broker');
  if (!isFor(renewed.x509, key) || renewed.vifId !== former.vifId) {
    throw new OvnDockerError('E_BROKER', 'the broker answered with the certificate of another key or VM');
  }
  await replaceFile(broker.certificate, `${certificate.trimEnd()}\n${key}`);
  return renewed;
}
