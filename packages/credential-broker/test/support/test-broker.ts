import type { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCloudConfig, Session } from '@ovn-docker/openstack';
import { startCloud, type TestCloud } from '../../../embedded-neutron/test/support/test-cloud.ts';
import type { Certified } from '../../src/api/identity-requests.ts';
import { PemConverter, Pkcs10CertificateRequestGenerator } from '../../src/certificates/x509.ts';
import { createCredential } from '../../src/commands/create-credential.ts';
import { type Config, parseBrokerConfig } from '../../src/config.ts';
import type { Log } from '../../src/log.ts';
import { Invitations, type NewInvitation } from '../../src/records/invitations.ts';
import { type Service, serve } from '../../src/serve.ts';

/** A private key and a signing request for it, in PEM. */
export interface KeyAndRequest {
  readonly key: string;
  readonly csr: string;
}

/** How a client connects to a broker. */
export interface ClientOptions {
  readonly certificate?: string;
  readonly key?: string;
  /** The client's own address, one of 127.0.0.0/8. */
  readonly from?: string;
  /** Keeps this number of connections open for further requests; by default each request has its own. */
  readonly keepAlive?: number;
}

/** An answer of the broker. */
export interface BrokerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: each request has another answer.
  readonly body: any;
}

export type LogLine = Readonly<Record<string, unknown>>;

/** A real embedded-neutron and brokers on one folder in front of it. */
export interface TestBroker extends AsyncDisposable {
  readonly cloud: TestCloud;
  readonly config: Config;
  readonly folder: string;
  /** clouds.yaml with alice's narrow credential. */
  readonly cloudsFile: string;
  readonly service: Service;
  readonly invitations: Invitations;
  /** Lines of the log and the audit trail of all brokers. */
  readonly lines: LogLine[];
  /** Starts another broker on the same folder. */
  another(): Promise<Service>;
  invite(
    given: Partial<NewInvitation> & Pick<NewInvitation, 'vif_id' | 'project_id'>,
  ): ReturnType<Invitations['create']>;
  close(service: Service): Promise<void>;
}

const DAY_MS = 86_400_000;

/** A log that keeps its lines. */
export function listeningLog(lines: LogLine[]): Log {
  const note = (given: unknown) => {
    lines.push((typeof given === 'object' ? given : { msg: given }) as LogLine);
  };
  return { debug: note, info: note, warn: note, error: note };
}

/** Options of {@link startTestBroker}. */
export interface TestBrokerOptions {
  /** Whose credential the broker has: a narrow one of alice, or the password of the admin. */
  readonly person?: 'alice' | 'admin';
  /** Another URL of Neutron than that of the catalog. */
  readonly neutron?: (url: string) => Promise<string>;
}

/** @param settings lines of YAML that are added to the configuration */
export async function startTestBroker(
  settings = '',
  { person = 'alice', neutron }: TestBrokerOptions = {},
): Promise<TestBroker> {
  const cloud = await startCloud({ quiet: true });
  const network = await neutron?.(cloud.service.networkUrl);
  const folder = mkdtempSync(join(tmpdir(), 'ovn-docker-broker-'));
  const text = `listen: 127.0.0.1:0\nnames: [127.0.0.1, localhost]\nfolder: ${folder}\n${settings}`;
  const config = parseBrokerConfig(text, 'config.yaml');
  const lines: LogLine[] = [];
  const services: Service[] = [];
  const { document } = await createCredential({ withNetworks: true }, environmentOf(cloud, 'alice'));
  const cloudsFile = join(folder, 'clouds.yaml');
  writeFileSync(cloudsFile, document, { mode: 0o600 });
  const another = async () => {
    const env =
      person === 'admin'
        ? environmentOf(cloud, person)
        : { OS_CLIENT_CONFIG_FILE: cloudsFile, OS_CLOUD: 'ovn-docker' };
    const service = await serve(config, await sessionOf(env, config, network), listeningLog(lines));
    services.push(service);
    return service;
  };
  const invitations = new Invitations(folder);
  return {
    cloud,
    config,
    folder,
    cloudsFile,
    lines,
    invitations,
    another,
    service: await another(),
    invite: (given) =>
      invitations.create({
        networks: null,
        with_networks: false,
        sources: null,
        max_ports: null,
        expires_at: new Date(Date.now() + DAY_MS).toISOString(),
        ...given,
      }),
    close: async (service) => {
      services.splice(services.indexOf(service), 1);
      await service.close();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(services.map((service) => service.close()));
      await cloud[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A session as the broker has it: every request is sent once. */
async function sessionOf(
  env: NodeJS.ProcessEnv,
  { neutron }: Config,
  network: string | undefined,
): Promise<Session> {
  return new Session({
    ...(await loadCloudConfig({ env })),
    maxConcurrency: neutron.concurrent,
    timeoutMs: neutron.timeout * 1000,
    retry: { attempts: 1 },
    ...(network === undefined ? {} : { endpointOverrides: { network } }),
  });
}

/** The variables with which `openstack` works for a person. */
export function environmentOf({ service }: TestCloud, person: 'alice' | 'admin'): Record<string, string> {
  return {
    OS_AUTH_URL: service.identityUrl,
    OS_USERNAME: person,
    OS_PASSWORD: `${person}pw`,
    OS_PROJECT_NAME: person,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
  };
}

/** A new key on P-256 and its signing request, as `ovn-docker join` makes them. */
export async function newKey(
  algorithm: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams = {
    name: 'ECDSA',
    namedCurve: 'P-256',
  },
): Promise<KeyAndRequest> {
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=vm',
    keys,
    signingAlgorithm: { name: algorithm.name, hash: 'SHA-256' },
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { key, csr: request.toString('pem') };
}

/** A client of a broker, as a VM has it. */
export class BrokerClient implements Disposable {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, { certificate, key, from, keepAlive }: ClientOptions = {}) {
    this.#url = url;
    this.#agent = new Agent({
      keepAlive: keepAlive !== undefined,
      maxSockets: keepAlive ?? 16,
      rejectUnauthorized: false,
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
      ...(from === undefined ? {} : { localAddress: from }),
    });
  }

  /** Sends a request. A string is sent unchanged, any other body as JSON. @param path from the root */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<BrokerAnswer> {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<BrokerAnswer>();
    const url = new URL(this.#url);
    const sent = request(
      {
        agent: this.#agent,
        host: url.hostname,
        port: url.port,
        method,
        // Not through URL, which would normalise the path.
        path,
        headers: {
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          received += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({
            status,
            headers: answered,
            body: received.startsWith('{') ? JSON.parse(received) : undefined,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Joins with a token. @throws if the broker refuses */
export async function joinWith(
  url: string,
  token: string,
  from: string,
  key?: KeyAndRequest,
): Promise<ClientOptions & Certified & { readonly key: string }> {
  const made = key ?? (await newKey());
  using client = new BrokerClient(url, { from });
  const { status, body } = await client.send('POST', '/v1/join', { token, csr: made.csr });
  if (status !== 201) throw new Error(`join: ${status} ${JSON.stringify(body)}`);
  return { ...(body as Certified), key: made.key, from };
}
