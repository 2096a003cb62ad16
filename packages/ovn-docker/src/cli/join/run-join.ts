import { X509Certificate } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CloudConfig, OpenStackConnectionError, Session } from '@ovn-docker/openstack';
import { askToJoin, type Issued } from '../../clients/broker/ask.ts';
import { isFor, makeKey, signingRequest } from '../../clients/broker/key.ts';
import { BROKER_FOLDER, type Broker, brokerAt } from '../../clients/broker/membership.ts';
import { createFile, replaceFile } from '../../clients/broker/store.ts';
import {
  parseVmCertificate,
  readVmCertificate,
  type VmCertificate,
} from '../../clients/broker/vm-certificate.ts';
import { explainRefusal } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { findAuthority, hashOf } from './find-authority.ts';
import type { JoinToken } from './read-token.ts';

/** What a VM needs to join a broker. */
export interface Invitation extends JoinToken {
  readonly url: URL;
  /** The authority's hash, as `ovn-docker-broker invite` prints it. */
  readonly caHash: string;
}

/** The result of joining. */
export interface Joined {
  readonly broker: Broker;
  readonly certificate: VmCertificate;
  /** Whether an earlier run had joined with the same invitation. */
  readonly wasJoined: boolean;
}

/**
 * Joins the broker of an invitation. Safe to interrupt at any moment, to repeat, and to run twice at a time:
 * the key is on the disk before the token is sent, and the broker answers the same token and key with the
 * same certificate.
 * @param folder for tests
 * @throws OvnDockerError `E_BROKER_CA` before anything is sent; `E_JOIN_TOKEN` `E_API_UNREACHABLE` `E_BROKER`
 */
export async function runJoin(invitation: Invitation, folder = BROKER_FOLDER): Promise<Joined> {
  const broker = brokerAt(invitation.url.origin, folder);
  const pending = { key: join(folder, 'joining-key.pem'), ca: join(folder, 'joining-ca.pem') };
  try {
    const earlier = await earlierCertificate(broker, invitation);
    const certificate = earlier ?? (await joinWith(invitation, broker, pending));
    await forget(pending);
    return { broker, certificate, wasJoined: earlier !== undefined };
  } catch (error) {
    // Another run has joined meanwhile, and has removed the files of this one, or used the token.
    const certificate = await earlierCertificate(broker, invitation);
    if (certificate === undefined) throw error;
    await forget(pending);
    return { broker, certificate, wasJoined: true };
  }
}

/** Files of a run that has not joined yet. */
interface PendingFiles {
  readonly key: string;
  readonly ca: string;
}

/** The certificate of a run that has joined with the same invitation. */
async function earlierCertificate(
  { certificate }: Broker,
  { invitationId }: Invitation,
): Promise<VmCertificate | undefined> {
  const earlier = await readVmCertificate(certificate).catch(() => undefined);
  const isValid = earlier?.invitationId === invitationId && earlier.notAfter.getTime() > Date.now();
  return isValid ? earlier : undefined;
}

async function joinWith(
  invitation: Invitation,
  broker: Broker,
  pending: PendingFiles,
): Promise<VmCertificate> {
  await createFile(pending.key, await makeKey());
  const key = await readFile(pending.key, 'utf8');
  await replaceFile(pending.ca, await findAuthority(invitation.url, invitation.caHash));
  const issued = await ask(invitation, await signingRequest(key), pending.ca);
  const certificate = check(issued, key, invitation);
  // The certificate is written last: with it, the VM has joined.
  await replaceFile(broker.ca, issued.ca);
  await replaceFile(broker.certificate, `${issued.certificate.trimEnd()}\n${key}`);
  return certificate;
}

async function ask({ url, token }: Invitation, csr: string, caFile: string): Promise<Issued> {
  const config: CloudConfig = { authUrl: url.origin, auth: { type: 'none' }, caFile };
  await using session = new Session(config);
  return await askToJoin(session, token, csr).catch((error: unknown) => {
    throw explainHandshake(error);
  });
}

/** Tells a server that has no certificate of the authority from a certificate that is not valid now. */
function explainHandshake(error: unknown): unknown {
  if (!(error instanceof OpenStackConnectionError) || error.code !== 'OPENSTACK_TLS')
    return explainRefusal(error);
  const { code = '' } = (error.cause ?? {}) as { code?: string };
  if (code !== 'CERT_HAS_EXPIRED' && code !== 'CERT_NOT_YET_VALID') {
    return new OvnDockerError('E_BROKER_CA', error.message, { cause: error });
  }
  const hint = `at ${new Date().toISOString()}, the time of this VM, the broker's certificate is not valid: compare with \`date -u\` elsewhere`;
  return new OvnDockerError('E_API_UNREACHABLE', error.message, { cause: error, hint });
}

/** @throws OvnDockerError `E_BROKER` `E_CERTIFICATE` */
function check(issued: Issued, key: string, { caHash }: Invitation): VmCertificate {
  const authority = new X509Certificate(issued.ca);
  const certificate = parseVmCertificate(issued.certificate, 'the broker');
  if (hashOf(authority) !== caHash || !certificate.x509.verify(authority.publicKey)) {
    throw new OvnDockerError('E_BROKER', `the certificate is not signed by the authority ${caHash}`);
  }
  if (!isFor(certificate.x509, key)) {
    throw new OvnDockerError('E_BROKER', 'the broker answered with a certificate for another key');
  }
  if (certificate.notAfter.getTime() > Date.now()) return certificate;
  const message = `this VM joined with the same token before, and that certificate expired at ${certificate.notAfter.toISOString()}`;
  throw new OvnDockerError('E_CERTIFICATE', message);
}

async function forget({ key, ca }: PendingFiles): Promise<void> {
  for (const file of [key, ca]) await rm(file, { force: true });
}
