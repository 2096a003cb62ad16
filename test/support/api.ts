import { type Lab, type LabState, urls, waitFor } from '@ovn-docker/lab';

type UserName = keyof LabState['tenants'];

/** A resource of the API, with the attributes that tests look at. */
export interface Resource {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

/** An answer of the API; `body` is an empty object when there is none. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * Program that runs on the physical machine, because the API can only be reached from inside the lab. It
 * reads calls from stdin and prints answers, both as JSON.
 */
const CALLER = `
const { json } = await import('node:stream/consumers');
const answers = [];
for (const { body, url, ...rest } of await json(process.stdin)) {
  const answer = await fetch(url, { ...rest, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  answers.push({
    status: answer.status,
    token: answer.headers.get('x-subject-token'),
    body: text === '' ? {} : JSON.parse(text),
  });
}
process.stdout.write(JSON.stringify(answers));`;

async function send(lab: Lab, calls: readonly Call[]): Promise<(Answer & { token: string | null })[]> {
  const command = [process.execPath, '--input-type=module', '--eval', CALLER];
  const input = JSON.stringify(calls);
  return JSON.parse(await lab.machine('phys').must(command, { input, timeoutMs: 120_000 }));
}

interface Token {
  readonly id: string;
  /** When to log in again, in milliseconds as `Date.now` has them. */
  readonly renewAt: number;
}

/** The part of a token's life after which it is replaced: repeated tests run for hours. */
const LIFE = 0.8;

async function logIn(lab: Lab, userName: UserName, identity: string): Promise<Token> {
  const domain = { name: 'Default' };
  const user = { name: userName, domain, password: lab.state.tenants[userName].password };
  const auth = {
    identity: { methods: ['password'], password: { user } },
    scope: { project: { name: userName, domain } },
  };
  const call = { method: 'POST', url: `${identity}/auth/tokens`, body: { auth } } as const;
  const [answer] = await send(lab, [{ ...call, headers: { 'content-type': 'application/json' } }]);
  if (!answer?.token) throw new Error(`${userName} cannot log in: ${JSON.stringify(answer)}`);
  const { expires_at } = answer.body['token'] as { readonly expires_at: string };
  return { id: answer.token, renewAt: Date.now() + LIFE * (Date.parse(expires_at) - Date.now()) };
}

/** Keystone and Neutron of the lab as one of its users sees them, without the project's own client code. */
export class Api {
  readonly #lab: Lab;
  readonly #renew: () => Promise<Token>;
  #token: Token;

  private constructor(lab: Lab, token: Token, renew: () => Promise<Token>) {
    this.#lab = lab;
    this.#token = token;
    this.#renew = renew;
  }

  /** Logs in with the user's password, and again before the token expires. */
  static async login(lab: Lab, userName: UserName, identity: string = urls.identity): Promise<Api> {
    const renew = () => logIn(lab, userName, identity);
    return new Api(lab, await renew(), renew);
  }

  /** Uses a token that was issued elsewhere. */
  static withToken(lab: Lab, id: string): Api {
    const token = { id, renewAt: Number.POSITIVE_INFINITY };
    return new Api(lab, token, async () => token);
  }

  get token(): string {
    return this.#token.id;
  }

  async #headers(): Promise<Record<string, string>> {
    if (Date.now() > this.#token.renewAt) this.#token = await this.#renew();
    return { 'content-type': 'application/json', 'x-auth-token': this.token };
  }

  /** Sends several calls to Neutron, one after the other; `path` is the part after `/v2.0/`. */
  async callAll(
    calls: readonly (readonly [Call['method'], path: string, body?: unknown])[],
  ): Promise<Answer[]> {
    const headers = await this.#headers();
    const base = `${urls.network}/v2.0/`;
    return send(
      this.#lab,
      calls.map(([method, path, body]) => ({ method, url: base + path, headers, body })),
    );
  }

  async call(method: Call['method'], path: string, body?: unknown): Promise<Answer> {
    const [answer] = await this.callAll([[method, path, body]]);
    if (!answer) throw new Error('no answer');
    return answer;
  }

  /** Sends a call to Keystone; `path` is the part after `/v3/`. */
  async identity(
    method: Call['method'],
    path: string,
    { body, subject }: { readonly body?: unknown; readonly subject?: string } = {},
  ): Promise<Answer> {
    const headers = {
      ...(await this.#headers()),
      ...(subject === undefined ? {} : { 'x-subject-token': subject }),
    };
    const [answer] = await send(this.#lab, [{ method, url: `${urls.identity}/${path}`, headers, body }]);
    if (!answer) throw new Error('no answer');
    return answer;
  }

  /**
   * Creates one resource; `kind` is its name in the singular.
   * @throws Error when the answer is not 201
   */
  async create(kind: string, attributes: Readonly<Record<string, unknown>>): Promise<Resource> {
    const { status, body } = await this.call('POST', `${kind.replaceAll('_', '-')}s`, { [kind]: attributes });
    if (status !== 201) throw new Error(`cannot create the ${kind}: ${status} ${JSON.stringify(body)}`);
    return body[kind] as Resource;
  }

  /** The resources of all pages. */
  async list(kind: string, query = ''): Promise<Resource[]> {
    const collection = `${kind.replaceAll('_', '-')}s`;
    const found: Resource[] = [];
    for (let next: string | undefined = query; next !== undefined; ) {
      const { body }: Answer = await this.call('GET', `${collection}?${next}`);
      found.push(...(body[`${kind}s`] as Resource[]));
      const links = (body[`${kind}s_links`] ?? []) as { rel: string; href: string }[];
      next = links.find(({ rel }) => rel === 'next')?.href.replace(/^[^?]*\?/, '');
    }
    return found;
  }

  /** Creates a network with one IPv4 subnet. Returns the network. */
  async createNetwork(name: string, cidr: string): Promise<Resource> {
    const network = await this.create('network', { name });
    await this.create('subnet', { network_id: network.id, cidr, ip_version: 4 });
    return network;
  }

  /** The Neutron network that the driver created for a Docker network: it is named after Docker's id. */
  async networkOf(dockerNetworkId: string): Promise<Resource | undefined> {
    return (await this.list('network', `name=docker-${dockerNetworkId.slice(0, 12)}`))[0];
  }

  /** Waits until a network has no ports, then deletes it. */
  async deleteEmptyNetwork({ id }: Resource): Promise<void> {
    const ports = () => this.list('port', `network_id=${id}`);
    await waitFor('the ports of the network to be deleted', async () => (await ports()).length === 0);
    await this.delete('network', id);
  }

  /**
   * Deletes one resource.
   * @throws Error when the answer is not 204, as when the resource does not exist
   */
  async delete(kind: string, id: string): Promise<void> {
    const { status, body } = await this.call('DELETE', `${kind.replaceAll('_', '-')}s/${id}`);
    if (status !== 204) throw new Error(`cannot delete the ${kind}: ${status} ${JSON.stringify(body)}`);
  }
}
