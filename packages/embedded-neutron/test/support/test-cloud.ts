import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Network,
  Port,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  SubPort,
  Trunk,
} from '@ovn-docker/openstack';
import { stringify } from 'yaml';
import { type ConfigFile, loadConfig } from '../../src/config.ts';
import { identityConfig } from '../../src/identity/identity-config.ts';
import { openLog } from '../../src/log.ts';
import { type Service, serve } from '../../src/serve.ts';
import { startNorthbound, type TestNorthbound } from './northbound.ts';

/** The users of every test. A password is the user's name and `pw`. */
export const people = ['admin', 'alice', 'bob', 'reader'] as const;
export type Person = (typeof people)[number];

/** The body of any call. The call determines which keys are present. */
export interface AnswerBody {
  readonly network?: Network;
  readonly networks?: readonly Network[];
  readonly subnet?: Subnet;
  readonly subnets?: readonly Subnet[];
  readonly port?: Port;
  readonly ports?: readonly Port[];
  readonly trunk?: Trunk;
  readonly trunks?: readonly Trunk[];
  readonly sub_ports?: readonly SubPort[];
  readonly security_group?: SecurityGroup;
  readonly security_groups?: readonly SecurityGroup[];
  readonly security_group_rule?: SecurityGroupRule;
  readonly extensions?: readonly { readonly alias: string }[];
  readonly tags?: readonly string[];
  readonly quota?: Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly NeutronError?: ErrorBody;
  readonly error?: ErrorBody;
  readonly token?: TokenBody;
  readonly application_credential?: { readonly id: string; readonly secret: string };
}

/** An error of Neutron or Keystone. */
export interface ErrorBody {
  readonly type?: string;
  readonly message?: string;
  readonly title?: string;
}

interface TokenBody {
  readonly methods: readonly string[];
  readonly audit_ids: readonly string[];
  readonly expires_at: string;
  readonly user: { readonly id: string };
  readonly project?: { readonly id: string; readonly name: string };
  readonly roles?: readonly { readonly name: string }[];
  readonly catalog?: readonly unknown[];
  readonly application_credential?: { readonly restricted: boolean };
}

/** The parts of an answer that tests compare. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** One running replica of the service. */
export interface TestCloud extends AsyncDisposable {
  readonly service: Service;
  readonly nb: TestNorthbound;
  readonly configPath: string;
  token(person: Person): Promise<string>;
  /** Calls the network service as a user. `path` follows `/v2.0/`. */
  call(
    person: Person,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Answer>;
  /** Calls the identity service. `path` begins with `/`. */
  identity(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

let hashed: ReturnType<typeof identityConfig> | undefined;

/** Starts a replica on the given database or on a new one. */
export async function startCloud(
  options: {
    readonly nb?: TestNorthbound;
    readonly network?: ConfigFile['network'];
    readonly metadata?: string;
    readonly limits?: ConfigFile['limits'];
    /** Also shows health and metrics. */
    readonly health?: true;
    /** Another identity section: users of a Keystone. */
    readonly identity?: ConfigFile['identity'];
    /** Logs nothing, for a test that causes errors. */
    readonly quiet?: true;
  } = {},
): Promise<TestCloud> {
  const nb = options.nb ?? (await startNorthbound());
  const path = (name: string) => join(nb.directory, name);
  writeFileSync(path('key'), 'k'.repeat(48));
  hashed ??= identityConfig({
    signingKeyFile: 'key',
    projects: [{ name: 'admin' }, { name: 'alice' }, { name: 'bob' }],
    users: people.map((name) => ({
      name,
      password: `${name}pw`,
      roles: name === 'reader' ? { alice: ['reader'] } : { [name]: [name === 'admin' ? 'admin' : 'member'] },
    })),
  });
  const config: ConfigFile = {
    listen: {
      identity: '127.0.0.1:0',
      network: '127.0.0.1:0',
      ...(options.metadata !== undefined && { metadata: '127.0.0.1:0' }),
      ...(options.health && { health: '127.0.0.1:0' }),
    },
    nb: nb.remote.split(','),
    identity: options.identity ?? (await hashed),
    network: { dns_domain: 'example.org.', ...options.network },
    ...(options.metadata !== undefined && { metadata: { network_name: options.metadata } }),
    // Most tests send more requests than a client would.
    limits: { requests_per_second: 0, ...options.limits },
    log_level: 'error',
  };
  writeFileSync(path('config.yaml'), stringify(config, { aliasDuplicateObjects: false }));
  const service = await serve(
    await loadConfig(path('config.yaml')),
    openLog(options.quiet ? 'silent' : 'error'),
  );
  const tokens = new Map<Person, Promise<string>>();

  const token = (person: Person): Promise<string> => {
    const known = tokens.get(person) ?? requestToken(service.identityUrl, person);
    tokens.set(person, known);
    return known;
  };
  return {
    service,
    nb,
    configPath: path('config.yaml'),
    token,
    call: async (person, method, rest, body, headers = {}, signal?: AbortSignal) =>
      send(
        `${service.networkUrl}/v2.0/${rest}`,
        method,
        body,
        { 'X-Auth-Token': await token(person), ...headers },
        signal,
      ),
    identity: (method, rest, body, headers) => send(service.identityUrl + rest, method, body, headers),
    [Symbol.asyncDispose]: async () => {
      await service.close();
      if (!options.nb) await nb[Symbol.asyncDispose]();
    },
  };
}

/** The body of a request for a token by password. */
export function passwordAuth(user: string, password: string, project?: string) {
  const domain = { id: 'default' };
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
      ...(project !== undefined && { scope: { project: { name: project, domain } } }),
    },
  };
}

async function requestToken(url: string, person: Person): Promise<string> {
  const project = person === 'reader' ? 'alice' : person;
  const answer = await send(`${url}/v3/auth/tokens`, 'POST', passwordAuth(person, `${person}pw`, project));
  const token = answer.headers.get('X-Subject-Token');
  if (token === null) throw new Error(`no token for ${person}: ${JSON.stringify(answer.body)}`);
  return token;
}

/** Sends a request. A string body is sent unchanged, any other as JSON. */
export async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    ...(signal && { signal }),
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): AnswerBody {
  return text.startsWith('{') ? (JSON.parse(text) as AnswerBody) : {};
}

/** The id of the resource in an answer. Throws if the answer has another form. */
export function idOf(answer: Answer): string {
  const [item] = Object.values(answer.body) as { readonly id?: unknown }[];
  if (typeof item?.id === 'string') return item.id;
  throw new Error(`no id in ${answer.status} ${JSON.stringify(answer.body)}`);
}
