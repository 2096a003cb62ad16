import { text } from 'node:stream/consumers';
import { LabError } from '../../errors.ts';
import { urls } from '../../topology.ts';
import { type Passwords, users } from '../api.ts';
import { NEUTRON_USER } from './neutron.ts';

/** The input of the hidden command `seed-identity`. */
export interface SeedRequest {
  readonly passwords: Passwords;
  /** Password of Neutron's own user. */
  readonly servicePassword: string;
}

const DOMAIN = 'default';

/**
 * Creates in a new Keystone, as its operator, Neutron's user and endpoints, and for each tenant a project and
 * a user with the role `member` (Identity API v3).
 */
export async function seedIdentity({ passwords, servicePassword }: SeedRequest): Promise<void> {
  const admin = await Operator.login(passwords.admin);
  await admin.create('role', { name: 'service' });
  const service = await admin.create('project', { name: 'service', domain_id: DOMAIN });
  const neutron = await admin.create('user', {
    name: NEUTRON_USER,
    password: servicePassword,
    domain_id: DOMAIN,
  });
  for (const role of ['admin', 'service']) await admin.grant(service, neutron, role);
  const network = await admin.create('service', { type: 'network', name: 'neutron' });
  for (const kind of ['public', 'internal', 'admin']) {
    await admin.create('endpoint', {
      service_id: network,
      interface: kind,
      region_id: 'RegionOne',
      url: urls.network,
    });
  }
  for (const name of users.filter((user) => user !== 'admin')) {
    const project = await admin.create('project', { name, domain_id: DOMAIN });
    const user = await admin.create('user', { name, password: passwords[name], domain_id: DOMAIN });
    await admin.grant(project, user, 'member');
  }
}

/**
 * The hidden command `seed-identity`: it reads JSON and runs in the machine `api`, which can reach Keystone.
 */
export async function seedIdentityFromStdin(): Promise<void> {
  await seedIdentity(JSON.parse(await text(process.stdin)) as SeedRequest);
}

/** Calls of the Identity API v3 with the operator's token. */
class Operator {
  readonly #token: string;

  private constructor(token: string) {
    this.#token = token;
  }

  static async login(password: string): Promise<Operator> {
    const domain = { id: DOMAIN };
    const identity = { methods: ['password'], password: { user: { name: 'admin', domain, password } } };
    const auth = { identity, scope: { project: { name: 'admin', domain } } };
    const answer = await send('POST', 'auth/tokens', { auth });
    return new Operator(answer.headers.get('x-subject-token') ?? '');
  }

  /** Creates a resource; `kind` is its name in the singular. Returns its id. */
  async create(kind: string, attributes: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await send('POST', `${kind}s`, { [kind]: attributes }, this.#token);
    const body = (await answer.json()) as Record<string, { id: string }>;
    return body[kind]?.id ?? '';
  }

  /** Assigns a role to a user in a project. */
  async grant(project: string, user: string, role: string): Promise<void> {
    const answer = await send('GET', `roles?name=${role}`, undefined, this.#token);
    const { roles } = (await answer.json()) as { roles: { id: string }[] };
    await send('PUT', `projects/${project}/users/${user}/roles/${roles[0]?.id}`, undefined, this.#token);
  }
}

async function send(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
  const answer = await fetch(`${urls.identity}/${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { 'x-auth-token': token }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.ok) return answer;
  throw new LabError('LAB_STEP', `${method} ${path}: HTTP ${answer.status} ${await answer.text()}`);
}
