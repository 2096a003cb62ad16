import 'reflect-metadata';
import { createHash, type webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import {
  BasicConstraintsExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A certificate authority of tests. */
export interface TestAuthority {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly pem: string;
  readonly hash: string;
}

export async function makeAuthority(): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=test CA',
    keys,
    signingAlgorithm,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const hash = `sha256:${createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex')}`;
  return { certificate, keys, pem: certificate.toString('pem'), hash };
}

/** How long a certificate is valid, in milliseconds from now. */
export interface Validity {
  readonly from: number;
  readonly until: number;
}

/** Issues a certificate as the broker does. */
export async function issue(
  { certificate, keys }: TestAuthority,
  publicKey: webcrypto.CryptoKey | Pkcs10CertificateRequest['publicKey'],
  names: ConstructorParameters<typeof SubjectAlternativeNameExtension>[0] & object[],
  { from, until }: Validity = { from: -60_000, until: DAY_MS },
): Promise<string> {
  const issued = await X509CertificateGenerator.create({
    subject: 'CN=test',
    issuer: certificate.subjectName,
    publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm,
    notBefore: new Date(Date.now() + from),
    notAfter: new Date(Date.now() + until),
    extensions: [new SubjectAlternativeNameExtension(names)],
  });
  return issued.toString('pem');
}

/** A join that the fake broker has answered. */
interface Use {
  readonly key: string;
  readonly certificate: string;
}

/**
 * A broker in this process for what the real one cannot show on request: lost answers, other servers, and
 * certificates that expire soon. The system tests use the real one.
 */
export class FakeBroker implements AsyncDisposable {
  readonly authority: TestAuthority;
  readonly url: URL;
  /** Bodies and paths of all requests. */
  readonly requests: { readonly path: string; readonly body: string; readonly isCertified: boolean }[] = [];
  /** The paths whose next answers get lost after the work is done. */
  readonly losses: string[] = [];
  validity: Validity = { from: -60_000, until: DAY_MS };
  vifId = '11111111-2222-4333-8444-555555555555';
  readonly #uses = new Map<string, Use>();
  readonly #server: Server;

  private constructor(authority: TestAuthority, server: Server) {
    this.authority = authority;
    this.#server = server;
    this.url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      void text(request).then(async (body) => {
        const path = request.url ?? '';
        this.requests.push({ path, body, isCertified: (request.socket as TLSSocket).authorized });
        const [status, answer] = await this.#answer(path, body, (request.socket as TLSSocket).authorized);
        const lost = this.losses.indexOf(path);
        if (lost !== -1) {
          this.losses.splice(lost, 1);
          request.socket.destroy();
          return;
        }
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  }

  static async start(authority?: TestAuthority, serverAuthority = authority): Promise<FakeBroker> {
    const own = authority ?? (await makeAuthority());
    const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
    const names = [{ type: 'ip', value: '127.0.0.1' }] as const;
    const certificate = await issue(serverAuthority ?? own, keys.publicKey, [...names]);
    const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    const server = createServer({
      key,
      // The real broker sends its authority too.
      cert: `${certificate}\n${own.pem}`,
      ca: own.pem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new FakeBroker(own, server);
  }

  async #answer(path: string, body: string, isCertified: boolean): Promise<[number, object]> {
    if (path === '/v1/join') {
      const { token, csr } = JSON.parse(body) as { token: string; csr: string };
      return await this.#join(token, csr);
    }
    if (!isCertified)
      return refusal(401, 'NotAuthenticated', 'certificate', 'there is no client certificate');
    const { csr } = JSON.parse(body) as { csr: string };
    return [200, this.#issued(await this.#certify('aaaaaaaaaaaaaaaa', csr))];
  }

  async #join(token: string, csr: string): Promise<[number, object]> {
    const [id = ''] = token.split('.');
    const key = Buffer.from(new Pkcs10CertificateRequest(csr).publicKey.rawData).toString('hex');
    const use = this.#uses.get(token) ?? { key, certificate: await this.#certify(id, csr) };
    this.#uses.set(token, use);
    if (use.key !== key) return refusal(403, 'BrokerRefused', 'token', 'the join token was used');
    return [201, this.#issued(use.certificate)];
  }

  async #certify(invitationId: string, csr: string): Promise<string> {
    const { publicKey } = new Pkcs10CertificateRequest(csr);
    const uris = [`urn:ovn-docker:vif:${this.vifId}`, `urn:ovn-docker:invitation:${invitationId}`];
    const names = uris.map((value) => ({ type: 'url' as const, value }));
    return await issue(this.authority, publicKey, names, this.validity);
  }

  #issued(certificate: string): object {
    const expires_at = new Date(Date.now() + this.validity.until).toISOString();
    return { certificate, ca: this.authority.pem, vif_id: this.vifId, project_id: 'project-1', expires_at };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function refusal(status: number, type: string, rule: string, message: string): [number, object] {
  return [status, { NeutronError: { type, message: `the broker's rule "${rule}": ${message}`, detail: '' } }];
}
