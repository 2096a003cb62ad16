import { type Lab, type LabState, urls } from '@ovn-docker/lab';

type Who = keyof LabState['tenants'];

/** A resource of the API, as far as the tests look at it. */
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

/** Runs on the physical machine, because the API can only be reached from inside the lab: calls in, answers out, as JSON. */
const CALLER = `
const { text } = await import('node:stream/consumers');
const answers = [];
for (const { body, url, ...rest } of JSON.parse(await text(process.stdin))) {
  const answer = await fetch(url, { ...rest, body: body === undefined ? undefined : JSON.stringify(body) });
  const words = await answer.text();
  answers.push({
    status: answer.status,
    token: answer.headers.get('x-subject-token'),
    body: words === '' ? {} : JSON.parse(words),
  });
}
process.stdout.write(JSON.stringify(answers));`;

async function send(lab: Lab, calls: readonly Call[]): Promise<(Answer & { token: string | null })[]> {
  const command = [process.execPath, '--input-type=module', '--eval', CALLER];
  const input = JSON.stringify(calls);
  return JSON.parse(await lab.machine('phys').must(command, { input, timeoutMs: 120_000 }));
}

/** Keystone and Neutron of the lab as one of its users sees them, without any of our client code. */
export class Api {
  readonly token: string;
  readonly #lab: Lab;

  private constructor(lab: Lab, token: string) {
    this.#lab = lab;
    this.token = token;
  }

  /** Logs in with the user's password. */
  static async login(lab: Lab, who: Who, identity: string = urls.identity): Promise<Api> {
    const domain = { name: 'Default' };
    const user = { name: who, domain, password: lab.state.tenants[who].password };
    const auth = {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { name: who, domain } },
    };
    const call = { method: 'POST', url: `${identity}/auth/tokens`, body: { auth } } as const;
    const [answer] = await send(lab, [{ ...call, headers: { 'content-type': 'application/json' } }]);
    if (!answer?.token) throw new Error(`${who} cannot log in: ${JSON.stringify(answer)}`);
    return new Api(lab, answer.token);
  }

  /** With a token that was issued to somebody else. */
  static withToken(lab: Lab, token: string): Api {
    return new Api(lab, token);
  }

  /** Several calls of Neutron, one after the other; `path` is what follows `/v2.0/`. */
  async callAll(
    calls: readonly (readonly [Call['method'], path: string, body?: unknown])[],
  ): Promise<Answer[]> {
    const headers = { 'content-type': 'application/json', 'x-auth-token': this.token };
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

  /** A call of Keystone; `path` is what follows `/v3/`. */
  async identity(
    method: Call['method'],
    path: string,
    { body, subject }: { readonly body?: unknown; readonly subject?: string } = {},
  ): Promise<Answer> {
    const headers = {
      'content-type': 'application/json',
      'x-auth-token': this.token,
      ...(subject === undefined ? {} : { 'x-subject-token': subject }),
    };
    const [answer] = await send(this.#lab, [{ method, url: `${urls.identity}/${path}`, headers, body }]);
    if (!answer) throw new Error('no answer');
    return answer;
  }

  /** Creates one resource; `kind` is its name in the singular. */
  async create(kind: string, attributes: Readonly<Record<string, unknown>>): Promise<Resource> {
    const { status, body } = await this.call('POST', `${kind.replaceAll('_', '-')}s`, { [kind]: attributes });
    if (status !== 201) throw new Error(`cannot create the ${kind}: ${status} ${JSON.stringify(body)}`);
    return body[kind] as Resource;
  }

  async list(kind: string, query = ''): Promise<Resource[]> {
    const { body } = await this.call('GET', `${kind.replaceAll('_', '-')}s?${query}`);
    return body[`${kind}s`] as Resource[];
  }

  /** Deletes one resource; one that is not there is an error. */
  async delete(kind: string, id: string): Promise<void> {
    const { status, body } = await this.call('DELETE', `${kind.replaceAll('_', '-')}s/${id}`);
    if (status !== 204) throw new Error(`cannot delete the ${kind}: ${status} ${JSON.stringify(body)}`);
  }
}
