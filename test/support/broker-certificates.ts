import {
  type Extension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '../../packages/credential-broker/src/certificates/x509.ts';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const HOUR_MS = 3_600_000;

/**
 * A client certificate that a broker issued and that has expired an hour ago, with its key, in PEM.
 * @param authority the broker's ca.pem: certificate and key
 * @param names the alternative names of a valid certificate, as Node prints them
 */
export async function expiredCertificate(authority: string, names: string): Promise<string> {
  const uris = names.split(', ').map((name) => ({ type: 'url' as const, value: name.replace(/^URI:/, '') }));
  const now = Date.now();
  return issue(authority, 'CN=expired', new SubjectAlternativeNameExtension(uris), {
    notBefore: new Date(now - 2 * HOUR_MS),
    notAfter: new Date(now - HOUR_MS),
  });
}

/**
 * A server certificate of a broker's authority for an address, with its key, in PEM: a test takes the place
 * of the broker.
 * @param authority the broker's ca.pem: certificate and key
 */
export async function serverCertificate(authority: string, address: string): Promise<string> {
  const names = new SubjectAlternativeNameExtension([{ type: 'ip', value: address }]);
  const now = Date.now();
  return issue(authority, 'CN=proxy', names, {
    notBefore: new Date(now - HOUR_MS),
    notAfter: new Date(now + 24 * HOUR_MS),
  });
}

async function issue(
  authority: string,
  subject: string,
  names: Extension,
  validity: { readonly notBefore: Date; readonly notAfter: Date },
): Promise<string> {
  const [certificate, key] = PemConverter.decodeWithHeaders(authority);
  if (!certificate || !key) throw new Error('the authority has no certificate or no key');
  const issuer = new X509Certificate(certificate.rawData);
  const { privateKey, publicKey } = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const issued = await X509CertificateGenerator.create({
    subject,
    issuer: issuer.subjectName,
    publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', key.rawData, KEY, false, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    ...validity,
    extensions: [names],
  });
  const exported = await crypto.subtle.exportKey('pkcs8', privateKey);
  return `${issued.toString('pem')}\n${PemConverter.encode(exported, 'PRIVATE KEY')}\n`;
}
