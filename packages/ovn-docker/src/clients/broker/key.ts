// The library's dependency injection needs this polyfill before it.
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  type webcrypto,
  type X509Certificate,
} from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** Makes a new private key: PKCS #8 in PEM (RFC 5958). */
export async function makeKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const { subtle } = crypto;
  const key = createPrivateKey({
    key: Buffer.from(await subtle.exportKey('pkcs8', privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/**
 * A signing request for a key: PKCS #10 in PEM (RFC 2986). The broker decides about names and validity itself
 * and uses only the public key.
 * @throws Node's error if the text is no key of {@link makeKey}
 */
export async function signingRequest(keyPem: string): Promise<string> {
  const privateKey = createPrivateKey(keyPem);
  const keys = {
    privateKey: await imported(privateKey, 'pkcs8', 'sign'),
    publicKey: await imported(createPublicKey(privateKey), 'spki', 'verify'),
  };
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const request = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=VM', keys, signingAlgorithm });
  return request.toString('pem');
}

/** Whether a certificate is for this key. */
export function isFor(certificate: X509Certificate, keyPem: string): boolean {
  return certificate.checkPrivateKey(createPrivateKey(keyPem));
}

function imported(
  key: KeyObject,
  format: 'pkcs8' | 'spki',
  usage: 'sign' | 'verify',
): Promise<webcrypto.CryptoKey> {
  const der = key.export({ format: 'der', type: format });
  return crypto.subtle.importKey(format, der, KEY, true, [usage]);
}
