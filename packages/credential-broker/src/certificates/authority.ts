import { createHash, randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createOnce, readRecord, unusable } from '../records/record-files.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  type PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.ts';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** A certificate is valid some minutes earlier, because the clocks of VMs differ. */
const CLOCK_SKEW_MS = 300_000;
const NAME = 'CN=ovn-docker-broker CA';

/** A certificate and its private key, in PEM. */
export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

/** The broker's certificate authority: an EC key on P-256 and a self-signed certificate of ten years. */
export class Authority {
  /** The CA's certificate in PEM. */
  readonly pem: string;
  /** `sha256:` and the SHA-256 of the certificate's DER in hexadecimal, by which a VM recognises the CA. */
  readonly hash: string;
  readonly #certificate: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
    this.pem = certificate.toString('pem');
    this.hash = `sha256:${createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex')}`;
  }

  /**
   * Reads the CA from the broker's folder, and creates it if there is none. Certificate and key are in one
   * file, so that two brokers that start together get the same CA.
   *
   * @throws BrokerError FOLDER_UNUSABLE
   */
  static async open(folder: string): Promise<Authority> {
    const file = join(folder, 'ca.pem');
    const existing = await readRecord(file);
    if (existing === undefined) await createOnce(file, await createAuthority());
    const content = existing ?? (await readRecord(file)) ?? '';
    try {
      const [certificate, key] = PemConverter.decodeWithHeaders(content);
      if (certificate?.type !== 'CERTIFICATE' || key?.type !== 'PRIVATE KEY') throw new Error('no CA in it');
      const signing = await crypto.subtle.importKey('pkcs8', key.rawData, KEY, false, ['sign']);
      return new Authority(new X509Certificate(certificate.rawData), signing);
    } catch (cause) {
      throw unusable(file, cause);
    }
  }

  /** Issues a client certificate. @param uris the subject's alternative names */
  issueClient(publicKey: PublicKey, { name, uris, days }: ClientSubject): Promise<string> {
    const names = new SubjectAlternativeNameExtension(uris.map((value) => ({ type: 'url', value })));
    return this.#issue(publicKey, name, days, [usageOf(ExtendedKeyUsage.clientAuth), names]);
  }

  /** Issues a server certificate with a new key, for DNS names and addresses. */
  async issueServer(names: readonly string[], days: number): Promise<KeyPairPem> {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
    const alternatives = names.map((value) => ({
      type: isIP(value) ? ('ip' as const) : ('dns' as const),
      value,
    }));
    const certificate = await this.#issue(publicKey, 'ovn-docker-broker', days, [
      usageOf(ExtendedKeyUsage.serverAuth),
      new SubjectAlternativeNameExtension(alternatives),
    ]);
    return { certificate, key: await keyPem(privateKey) };
  }

  async #issue(
    publicKey: PublicKey | webcrypto.CryptoKey,
    name: string,
    days: number,
    extensions: Extension[],
  ): Promise<string> {
    const certificate = await X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject: [{ CN: [name] }],
      issuer: this.#certificate.subjectName,
      notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
      notAfter: new Date(Math.min(Date.now() + days * DAY_MS, this.#certificate.notAfter.getTime())),
      publicKey,
      signingKey: this.#key,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        ...extensions,
      ],
    });
    return certificate.toString('pem');
  }
}

/** Whom a client certificate names. */
interface ClientSubject {
  readonly name: string;
  readonly uris: readonly string[];
  readonly days: number;
}

async function createAuthority(): Promise<string> {
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: NAME,
    notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
    notAfter: new Date(Date.now() + CA_DAYS * DAY_MS),
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n${await keyPem(keys.privateKey)}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function usageOf(usage: ExtendedKeyUsage): Extension {
  return new ExtendedKeyUsageExtension([usage]);
}

/** RFC 5280 §4.1.2.2: at most 20 octets, positive. The first bit is 0, and the first octet not. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
