import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Behaviour,
  placeholders,
  type ReplayCloud,
  recordingOf,
  startReplayCloud,
} from '../../test/support/replay-cloud.ts';
import { aliceConfig, aliceSession, promptRetries } from '../../test/support/session.ts';
import type { Auth } from '../config/cloud-config.ts';
import { CloudConnection } from '../http/connection.ts';
import { Session } from './session.ts';
import { tokensUrl } from './tokens.ts';

let cloud: ReplayCloud;
const open: AsyncDisposable[] = [];

beforeEach(async () => {
  cloud = await startReplayCloud('identity', 'errors');
});

afterEach(async () => {
  for (const resource of [...open.splice(0), cloud]) await resource[Symbol.asyncDispose]();
});

function session(auth?: Auth): Session {
  const created = aliceSession(cloud, auth === undefined ? {} : { auth });
  open.push(created);
  return created;
}

const ports = { method: 'GET', service: 'network', path: '/v2.0/ports' } as const;
const noPorts: Behaviour = { status: 200, body: { ports: [] } };
const tokenCalls = () => cloud.calls.filter(({ url }) => url === '/v3/auth/tokens');

/**
 * Imitates a Keystone that issues token-1, token-2, … and a Neutron that refuses tokens with a number below
 * `valid`.
 */
function playTokens(valid: number): void {
  const issued = recordingOf('identity', '003').response.body;
  const body = JSON.parse(JSON.stringify(issued).replaceAll('{{cloud}}', cloud.url)) as unknown;
  const unauthorized = recordingOf('errors', '027').response;
  let count = 0;
  cloud.interpose((call) => {
    if (call.method === 'POST' && call.url === '/v3/auth/tokens') {
      count += 1;
      return { status: 201, headers: { 'x-subject-token': `token-${count}` }, body };
    }
    const number = Number(String(call.headers['x-auth-token']).replace('token-', ''));
    return number >= valid ? noPorts : { status: 401, body: unauthorized.body };
  });
}

describe('authentication', () => {
  test('by password: the token has a project, roles and a catalog', async () => {
    const alice = session();
    const token = await alice.token();
    expect(token.id).toBe(placeholders.token);
    expect(token.project).toMatchObject({ id: '233e66181af64db6834e72feefc07164', name: 'alice' });
    expect(token.roles?.map(({ name }) => name)).toEqual(['reader', 'member']);
    expect(await alice.endpoint('network')).toBe(cloud.url);
    expect(cloud.calls).toHaveLength(1);
  });

  test('by application credential, by id and by name', async () => {
    const { secret } = placeholders;
    const id = '023329e4d0064981b0bffd7528ed6d69';
    const byId = await session({ type: 'application_credential', id, secret }).token();
    expect(byId.application_credential).toMatchObject({ id, restricted: true });
    const auth = { type: 'application_credential', name: 'plugin', secret, username: 'alice' } as const;
    expect((await session(auth).token()).project?.name).toBe('alice');
  });

  test('by a token: the session validates it with itself and never exchanges it', async () => {
    const alice = session({ type: 'token', token: placeholders.token });
    expect((await alice.token()).project?.name).toBe('alice');
    expect(await alice.endpoint('network')).toBe(cloud.url);
    expect(cloud.calls.every(({ method }) => method === 'GET')).toBe(true);
    expect(cloud.calls[0]?.headers).toMatchObject({
      'x-auth-token': placeholders.token,
      'x-subject-token': placeholders.token,
    });
  });

  test('refused: the error contains Keystone’s reason and request id', async () => {
    const call = session({ type: 'password', username: 'alice', password: placeholders.wrong }).token();
    await expect(call).rejects.toMatchObject({
      name: 'OpenStackError',
      code: 'OPENSTACK_UNAUTHORIZED',
      status: 401,
      type: '',
      reason: 'The request you have made requires authentication.',
      requestId: 'req-2632f98c-cbee-4f1f-bfc3-aa2971215699',
    });
  });

  test('refused: later calls of the session send no login, but a new session does', async () => {
    const wrong = { type: 'password', username: 'alice', password: placeholders.wrong } as const;
    const alice = session(wrong);
    for (let call = 0; call < 4; call += 1)
      await expect(alice.token()).rejects.toMatchObject({ status: 401 });
    expect(tokenCalls()).toHaveLength(2);
    await expect(session(wrong).token()).rejects.toMatchObject({ status: 401 });
    expect(tokenCalls()).toHaveLength(3);
  });

  test('a deleted application credential, for which Keystone answers 404, counts as refused', async () => {
    const message = 'Could not find Application Credential: a.';
    const body = { error: { code: 404, message, title: 'Not Found' } };
    cloud.interpose(() => ({ status: 404, body }));
    const deleted = session({ type: 'application_credential', id: 'a', secret: placeholders.secret });
    for (let call = 0; call < 4; call += 1) {
      const refused = { code: 'OPENSTACK_UNAUTHORIZED', status: 404, reason: message };
      await expect(deleted.token()).rejects.toMatchObject(refused);
    }
    expect(tokenCalls()).toHaveLength(2);
  });

  test('a 404 of a proxy is a wrong URL and no refused credential', async () => {
    cloud.interpose(() => ({ status: 404, body: '<html>Not Found</html>' }));
    await expect(session().token()).rejects.toMatchObject({ code: 'OPENSTACK_NOT_FOUND' });
  });

  test('is repeated after a lost connection', async () => {
    let tries = 0;
    cloud.interpose(() => (tries++ === 0 ? 'reset' : undefined));
    expect((await session().token()).id).toBe(placeholders.token);
  });
});

describe('calls', () => {
  test('a 401 renews the token once for all waiting calls', async () => {
    playTokens(2);
    const alice = session();
    const answers = await Promise.all(Array.from({ length: 6 }, () => alice.request(ports)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(tokenCalls()).toHaveLength(2);
  });

  test('a second 401 rejects the call', async () => {
    playTokens(99);
    await expect(session().request(ports)).rejects.toMatchObject({
      status: 401,
      code: 'OPENSTACK_UNAUTHORIZED',
    });
    expect(tokenCalls()).toHaveLength(2);
  });

  test('a configured token cannot be renewed', async () => {
    cloud.interpose(({ url }) => (url === '/v2.0/ports' ? recordingOf('errors', '027').response : undefined));
    const call = session({ type: 'token', token: placeholders.token }).request(ports);
    await expect(call).rejects.toMatchObject({ code: 'OPENSTACK_UNAUTHORIZED' });
    expect(cloud.calls).toHaveLength(2);
  });

  test('the version occurs once if the endpoint contains it', async () => {
    cloud.interpose(({ url }) => (url === '/v2.0/ports' ? noPorts : undefined));
    const alice = aliceSession(cloud, { endpointOverrides: { network: `${cloud.url}/v2.0/` } });
    open.push(alice);
    expect((await alice.request(ports)).status).toBe(200);
  });

  test('an HTML page and a redirect are errors', async () => {
    cloud.interpose(({ url }) =>
      url === '/v2.0/ports' ? { status: 200, body: '<html>login</html>' } : undefined,
    );
    const answer = await session().request(ports);
    expect(() => answer.json()).toThrow(expect.objectContaining({ code: 'OPENSTACK_UNEXPECTED_BODY' }));
    cloud.interpose(({ url }) =>
      url === '/v2.0/ports' ? { status: 302, headers: { location: 'http://127.0.0.1:1/' } } : undefined,
    );
    await expect(session().request(ports)).rejects.toMatchObject({ code: 'OPENSTACK_UNEXPECTED_STATUS' });
  });

  test('an aborted call does not abort the login that other calls wait for', async () => {
    const release = Promise.withResolvers<undefined>();
    cloud.interpose(({ url }) => (url === '/v3/auth/tokens' ? (release.promise as never) : noPorts));
    const alice = session();
    const abort = new AbortController();
    const aborted = alice.request({ ...ports, signal: abort.signal });
    const waiting = alice.request(ports);
    await cloud.arrived(1);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    release.resolve(undefined);
    expect((await waiting).status).toBe(200);
    expect(tokenCalls()).toHaveLength(1);
  });
});

test('sessions of several users share the limit of one connection', async () => {
  const connection = new CloudConnection({ maxConcurrency: 2, retry: promptRetries });
  open.push(connection);
  const sessions = [1, 2, 3].map(() => new Session(aliceConfig(cloud), { connection }));
  await Promise.all(sessions.map((session) => session.token()));
  expect(cloud.busiest).toBeLessThanOrEqual(2);
  await sessions[0]?.close();
  expect((await sessions[1]?.token())?.id).toBe(placeholders.token);
});

test('errors and printed objects contain no secret, even if the server repeats it', async () => {
  const { password, token } = placeholders;
  const alice = session();
  const shown = [
    inspect(alice, { depth: 9 }),
    inspect(await alice.token()),
    JSON.stringify(await alice.token()),
  ];
  cloud.interpose(({ url, headers, body }) => ({
    status: 400,
    body: {
      NeutronError: { type: 'X', message: `${url} ${JSON.stringify(body)}`, detail: JSON.stringify(headers) },
    },
  }));
  for (const call of [() => alice.request(ports), () => session().token()]) {
    const error: unknown = await call().catch((reason: unknown) => reason);
    shown.push(inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(error));
  }
  for (const text of shown) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(token);
  }
  expect(shown.join()).toContain('***');
});

test.each([
  ['http://k.test:5000', 'http://k.test:5000/v3/auth/tokens'],
  ['http://k.test:5000/v3/', 'http://k.test:5000/v3/auth/tokens'],
  ['https://k.test/identity', 'https://k.test/identity/v3/auth/tokens'],
  ['https://k.test/identity/v3', 'https://k.test/identity/v3/auth/tokens'],
  ['http://k.test:5000/v2.0', 'http://k.test:5000/v3/auth/tokens'],
])('Keystone at %s: its tokens URL', (given, expected) => {
  expect(tokensUrl(given).href).toBe(expected);
});

describe('access rules', () => {
  const rules = [{ service: 'network', method: 'GET', path: '/v2.0/ports' }];
  const narrow = { type: 'application_credential', id: 'a', secret: placeholders.secret } as const;
  const create = { ...ports, method: 'POST', body: {} } as const;

  /** Imitates a Keystone with this application credential, and a Neutron that refuses all its tokens. */
  function playRules(application_credential: object): void {
    const { body: issued } = recordingOf('identity', '004').response as { body: { token: object } };
    const token = { ...issued.token, application_credential };
    const body = JSON.parse(JSON.stringify({ token }).replaceAll('{{cloud}}', cloud.url)) as unknown;
    const { body: unauthorized } = recordingOf('errors', '027').response;
    cloud.interpose(({ url }) =>
      url === '/v3/auth/tokens'
        ? { status: 201, headers: { 'x-subject-token': crypto.randomUUID() }, body }
        : { status: 401, body: unauthorized },
    );
  }
  const logins = () => tokenCalls().length;

  test('a 401 for a call that no rule allows: the error says so, and the token is not renewed', async () => {
    playRules({ id: 'a', name: 'agent', restricted: true, access_rules: rules });
    await expect(session(narrow).request(create)).rejects.toMatchObject({
      code: 'OPENSTACK_ACCESS_RULES',
      status: 401,
      reason: 'none of the 1 access rules of application credential agent allows POST /v2.0/ports',
    });
    expect(logins()).toBe(1);
  });

  test('a 401 for a call that a rule allows, also with a new token: the service does not know its own type', async () => {
    playRules({ id: 'a', name: 'agent', restricted: true, access_rules: rules });
    await expect(session(narrow).request(ports)).rejects.toMatchObject({
      code: 'OPENSTACK_RULES_UNSUPPORTED',
      hint: expect.stringContaining('service_type = network'),
    });
    expect(logins()).toBe(2);
  });

  test('a 401 without access rules stays what it is', async () => {
    playRules({ id: 'a', name: 'agent', restricted: true });
    await expect(session(narrow).request(create)).rejects.toMatchObject({ code: 'OPENSTACK_UNAUTHORIZED' });
    expect(logins()).toBe(2);
  });

  test('of a configured token: a call that no rule allows is told from a token that expired', async () => {
    playRules({ id: 'a', name: 'agent', restricted: true, access_rules: rules });
    const given = session({ type: 'token', token: placeholders.token });
    await expect(given.request(create)).rejects.toMatchObject({ code: 'OPENSTACK_ACCESS_RULES' });
    await expect(given.request(ports)).rejects.toMatchObject({ code: 'OPENSTACK_UNAUTHORIZED' });
  });

  test('Keystone shows a token with access rules only to clients that know them', async () => {
    await session({ type: 'token', token: placeholders.token }).token();
    expect(cloud.calls[0]?.headers).toMatchObject({ 'openstack-identity-access-rules': '1.0' });
  });
});
