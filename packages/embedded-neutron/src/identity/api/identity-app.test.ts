import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAsRecorded, recording } from '../../../test/support/recorded.ts';
import { idOf, passwordAuth, startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';

let cloud: TestCloud;
let userId: string;
let credential: { readonly id: string; readonly secret: string };

const auth = (body: unknown, query = '') => cloud.identity('POST', `/v3/auth/tokens${query}`, body);
const withCredential = (given: object, scope?: object) =>
  auth({
    auth: {
      identity: { methods: ['application_credential'], application_credential: given },
      ...(scope && { scope }),
    },
  });
const headers = async (subject?: string) => ({
  'X-Auth-Token': await cloud.token('alice'),
  ...(subject !== undefined && { 'X-Subject-Token': subject }),
});
const issue = async (user: 'alice' | 'bob'): Promise<string> =>
  (await auth(passwordAuth(user, `${user}pw`, user))).headers.get('X-Subject-Token') ?? '';

beforeAll(async () => {
  cloud = await startCloud();
  userId = (await auth(passwordAuth('alice', 'alicepw', 'alice'))).body.token?.user.id ?? '';
  const body = { application_credential: { name: 'plugin', description: 'x' } };
  const made = await cloud.identity(
    'POST',
    `/v3/users/${userId}/application_credentials`,
    body,
    await headers(),
  );
  if (!made.body.application_credential) throw new Error(JSON.stringify(made.body));
  credential = made.body.application_credential;
});
afterAll(() => cloud[Symbol.asyncDispose]());

describe('tokens', () => {
  test('the version documents are those recorded from Keystone', async () => {
    const root = await cloud.identity('GET', '/');
    expectAsRecorded('ks-root-versions', root);
    expect(root.headers.get('Location')).toBe(`${cloud.service.identityUrl}/v3/`);
    expectAsRecorded('ks-v3', await cloud.identity('GET', '/v3'));
    expect((await cloud.identity('GET', '/v3/')).status).toBe(200);
  });

  test('a user gets a scoped or an unscoped token for a password', async () => {
    const scoped = await auth(passwordAuth('alice', 'alicepw', 'alice'));
    expectAsRecorded('ks-password-token', scoped);
    expect(scoped.body.token?.roles?.map((role) => role.name).toSorted()).toEqual(['member', 'reader']);
    const lifetime = Date.parse(scoped.body.token?.expires_at ?? '') - Date.now();
    expect(Math.abs(lifetime - 3_600_000)).toBeLessThan(5_000);
    expectAsRecorded('ks-unscoped-token-no-catalog', await auth(passwordAuth('alice', 'alicepw')));
    expectAsRecorded('ks-password-401', await auth(passwordAuth('alice', 'nope')));
    expectAsRecorded('ks-password-401', await auth(passwordAuth('nobody', 'nope')));
    const foreign = await auth(passwordAuth('alice', 'alicepw', 'bob'));
    expectAsRecorded('ks-scope-to-other-project-401', foreign);
    expect(foreign.headers.get('WWW-Authenticate')).toContain('Keystone uri=');
    expect((await auth({ auth: {} })).status).toBe(recording('ks-malformed-400').status);
  });

  test('a token obtained with another token expires with it', async () => {
    const first = await issue('alice');
    const scope = { project: { name: 'alice', domain: { id: 'default' } } };
    const identity = { methods: ['token'], token: { id: first } };
    const second = await auth({ auth: { identity, scope } }, '?nocatalog');
    expectAsRecorded('ks-rescope-token-nocatalog', second);
    expect(second.body.token?.methods).toEqual(['password', 'token']);
    expect(second.body.token?.audit_ids).toHaveLength(2);
    const shown = await cloud.identity('GET', '/v3/auth/tokens', undefined, await headers(first));
    expect(second.body.token?.expires_at).toBe(shown.body.token?.expires_at);
  });

  test('users can validate only their own tokens', async () => {
    const own = await issue('alice');
    expectAsRecorded(
      'ks-self-validate-token',
      await cloud.identity('GET', '/v3/auth/tokens', undefined, await headers(own)),
    );
    const head = await cloud.identity('HEAD', '/v3/auth/tokens', undefined, await headers(own));
    expect([head.status, head.headers.get('X-Subject-Token')]).toEqual([200, own]);
    const unknown = await cloud.identity('GET', '/v3/auth/tokens', undefined, await headers('nonsense'));
    expect(unknown.status).toBe(404);
    const bobs = await cloud.identity('GET', '/v3/auth/tokens', undefined, await headers(await issue('bob')));
    expect(bobs.status).toBe(403);
  });

  test('a revoked token and the tokens obtained with it are refused', async () => {
    const first = await issue('alice');
    const scope = { project: { name: 'alice', domain: { id: 'default' } } };
    const identity = { methods: ['token'], token: { id: first } };
    const second = (await auth({ auth: { identity, scope } })).headers.get('X-Subject-Token') ?? '';
    const revoked = await cloud.identity('DELETE', '/v3/auth/tokens', undefined, await headers(first));
    expectAsRecorded('ks-revoke-token', revoked);
    for (const token of [first, second]) {
      const used = await cloud.call('alice', 'GET', 'networks', undefined, { 'X-Auth-Token': token });
      expect(used.status).toBe(401);
    }
    expect((await cloud.call('alice', 'GET', 'networks')).status).toBe(200);
  });

  test('a revoked token takes its grandchildren with it, and a chain of tokens has an end', async () => {
    const exchange = (id: string) => auth({ auth: { identity: { methods: ['token'], token: { id } } } });
    const chain = [await issue('alice')];
    for (let depth = 1; depth <= 10; depth++) {
      const next = await exchange(chain[depth - 1] ?? '');
      expect(next.status).toBe(201);
      expect(next.body.token?.audit_ids).toHaveLength(2);
      chain.push(next.headers.get('X-Subject-Token') ?? '');
    }
    expect((await exchange(chain[10] ?? '')).status).toBe(401);
    const shown = async (index: number) =>
      (await cloud.identity('GET', '/v3/auth/tokens', undefined, await headers(chain[index]))).status;
    await cloud.identity('DELETE', '/v3/auth/tokens', undefined, await headers(chain[1]));
    expect(await Promise.all([0, 1, 2, 3, 10].map(shown))).toEqual([200, 404, 404, 404, 404]);
  });

  test('a user who revokes many tokens does not fill the database, and no revoked token revives', async () => {
    const first =
      (await auth(passwordAuth('reader', 'readerpw', 'alice'))).headers.get('X-Subject-Token') ?? '';
    const tokens: string[] = [];
    for (let count = 0; count < 65; count++) {
      const next = await auth({ auth: { identity: { methods: ['token'], token: { id: first } } } });
      tokens.push(next.headers.get('X-Subject-Token') ?? '');
    }
    const sizes = new Set<number>();
    for (const token of tokens) {
      const self = { 'X-Auth-Token': token, 'X-Subject-Token': token };
      expect((await cloud.identity('DELETE', '/v3/auth/tokens', undefined, self)).status).toBe(204);
      sizes.add(cloud.nb.nbctl('list', 'DNS').length);
    }
    expect(Math.max(...sizes)).toBeLessThan(30_000);
    for (const token of [...tokens, first]) {
      const used = await cloud.identity('GET', '/v3/auth/projects', undefined, { 'X-Auth-Token': token });
      expect(used.status).toBe(401);
    }
    expect((await auth(passwordAuth('reader', 'readerpw', 'alice'))).status).toBe(201);
  });

  const user = { name: 'alice', domain: { id: 'default' }, password: 'alicepw' };
  const byPassword = { methods: ['password'], password: { user } };
  test.each<[string, unknown, number]>([
    ['no body', '', 400],
    ['a list', [], 400],
    ['null', { auth: null }, 400],
    ['no methods', { auth: { identity: {} } }, 400],
    ['an empty list of methods', { auth: { identity: { methods: [] } } }, 401],
    ['an invalid token', { auth: { identity: { methods: ['token'], token: { id: 'x' } } } }, 404],
    ['a method without its part', { auth: { identity: { methods: ['password'] } } }, 400],
    ['a method of objects', { auth: { identity: { methods: ['constructor'], constructor: {} } } }, 401],
    ['the method __proto__', '{"auth":{"identity":{"methods":["__proto__"],"__proto__":{}}}}', 401],
    ['an unknown method', { auth: { identity: { methods: ['totp'], totp: {} } } }, 401],
    ['four methods', { auth: { identity: { methods: ['a', 'b', 'c', 'd'] } } }, 400],
    [
      'a user without a name',
      { auth: { identity: { ...byPassword, password: { user: { password: 'x' } } } } },
      400,
    ],
    [
      'a name without a domain',
      { auth: { identity: { ...byPassword, password: { user: { name: 'alice', password: 'alicepw' } } } } },
      400,
    ],
    [
      'an empty domain',
      { auth: { identity: { ...byPassword, password: { user: { ...user, domain: {} } } } } },
      400,
    ],
    [
      'no password',
      { auth: { identity: { ...byPassword, password: { user: { ...user, password: null } } } } },
      400,
    ],
    [
      'a long password',
      { auth: { identity: { ...byPassword, password: { user: { ...user, password: 'x'.repeat(5000) } } } } },
      400,
    ],
    [
      'a long name',
      { auth: { identity: { ...byPassword, password: { user: { ...user, name: 'x'.repeat(256) } } } } },
      400,
    ],
    ['an empty scope', { auth: { identity: byPassword, scope: {} } }, 400],
    [
      'two scopes',
      { auth: { identity: byPassword, scope: { project: { id: 'x' }, domain: { id: 'default' } } } },
      400,
    ],
    [
      'a project without a domain',
      { auth: { identity: byPassword, scope: { project: { name: 'alice' } } } },
      400,
    ],
    [
      'an unknown project',
      { auth: { identity: byPassword, scope: { project: { id: 'constructor' } } } },
      401,
    ],
    [
      'a domain without a role',
      { auth: { identity: byPassword, scope: { domain: { id: 'default' } } } },
      401,
    ],
    ['the system without a role', { auth: { identity: byPassword, scope: { system: { all: true } } } }, 401],
    [
      'an application credential without a user',
      {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { name: 'x', secret: 'y' },
          },
        },
      },
      400,
    ],
  ])('a request for a token with %s is answered as by Keystone', async (_what, body, status) => {
    expect((await auth(body)).status).toBe(status);
  });

  test('wrong passwords are refused with 429 after some attempts, and only for the attacked user', async () => {
    const wrong = await Promise.all(
      Array.from({ length: 40 }, () => auth(passwordAuth('mallory', 'nope', 'alice'))),
    );
    const [checked, [refused, ...others]] = [401, 429].map((status) =>
      wrong.filter((each) => each.status === status),
    ) as [typeof wrong, typeof wrong];
    // Ten attempts at once, and another one every six seconds on a busy machine.
    expect(checked.length).toBeGreaterThanOrEqual(10);
    expect(others.length).toBeGreaterThan(20);
    expect(Number(refused?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(refused?.body.error?.title).toBe('Too Many Requests');
    expect((await auth(passwordAuth('alice', 'alicepw', 'alice'))).status).toBe(201);
  });

  test('two methods must prove the same user', async () => {
    const both = (token: string) =>
      auth({ auth: { identity: { ...byPassword, methods: ['password', 'token'], token: { id: token } } } });
    expect((await both(await issue('alice'))).body.token?.methods).toEqual(['password', 'token']);
    expect((await both(await issue('bob'))).status).toBe(401);
  });

  test.each([
    ['another key', 'z'.repeat(48), 3600],
    ['the right key, but expired', 'k'.repeat(48), -10],
  ])('a token signed with %s is refused', async (_what, key, lifetime) => {
    const now = Math.floor(Date.now() / 1000);
    const real = await cloud.identity(
      'GET',
      '/v3/auth/tokens',
      undefined,
      await headers(await issue('alice')),
    );
    const forged = await new SignJWT({ pid: real.body.token?.project?.id, mth: ['password'], aud_ids: ['x'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('embedded-neutron')
      .setSubject(userId)
      .setIssuedAt(now - 60)
      .setExpirationTime(now + lifetime)
      .sign(new TextEncoder().encode(key));
    const used = await cloud.call('alice', 'GET', 'networks', undefined, { 'X-Auth-Token': forged });
    expectAsRecorded('nt-bad-token-401', used);
  });

  test('the catalog and the projects of a user are those recorded from Keystone', async () => {
    expectAsRecorded(
      'ks-auth-catalog',
      await cloud.identity('GET', '/v3/auth/catalog', undefined, await headers()),
    );
    expectAsRecorded(
      'ks-auth-projects',
      await cloud.identity('GET', '/v3/auth/projects', undefined, await headers()),
    );
    const all = await cloud.identity('GET', '/v3/projects', undefined, await headers());
    expectAsRecorded('ks-projects-as-tenant-403', all);
    expect((await cloud.identity('GET', '/v3/auth/catalog')).status).toBe(401);
  });
});

describe('application credentials', () => {
  test('authenticate by id or by name; a scope or a wrong secret is refused', async () => {
    const { id, secret } = credential;
    const byId = await withCredential({ id, secret });
    expectAsRecorded('ks-appcred-token', byId);
    expect(byId.body.token?.application_credential?.restricted).toBe(true);
    const user = { name: 'alice', domain: { id: 'default' } };
    expectAsRecorded('ks-appcred-by-name', await withCredential({ name: 'plugin', secret, user }));
    const scope = { project: { id: byId.body.token?.project?.id } };
    expectAsRecorded('ks-appcred-with-scope-rejected', await withCredential({ id, secret }, scope));
    expectAsRecorded('ks-appcred-401', await withCredential({ id, secret: 'wrong' }));
  });

  test('their tokens can neither create credentials nor get a token with another scope', async () => {
    const token = (await withCredential(credential)).headers.get('X-Subject-Token') ?? '';
    expect((await cloud.call('alice', 'GET', 'networks', undefined, { 'X-Auth-Token': token })).status).toBe(
      200,
    );
    const more = await cloud.identity(
      'POST',
      `/v3/users/${userId}/application_credentials`,
      { application_credential: { name: 'more' } },
      { 'X-Auth-Token': token },
    );
    expect(more.status).toBe(403);
    expect((await auth({ auth: { identity: { methods: ['token'], token: { id: token } } } })).status).toBe(
      403,
    );
  });

  test('are visible to their owner only, have unique names, and never show the secret again', async () => {
    const path = `/v3/users/${userId}/application_credentials`;
    const bob = { 'X-Auth-Token': await cloud.token('bob') };
    expect((await cloud.identity('GET', path, undefined, bob)).status).toBe(403);
    const again = { application_credential: { name: 'plugin' } };
    expect((await cloud.identity('POST', path, again, await headers())).status).toBe(409);
    const shown = await cloud.identity('GET', `${path}/${credential.id}`, undefined, await headers());
    expect(shown.body.application_credential?.id).toBe(credential.id);
    expect(JSON.stringify(shown.body)).not.toContain(credential.secret);
    expect(cloud.nb.nbctl('list', 'DNS')).not.toContain(credential.secret);
  });

  test('cannot have roles that the user lacks; one with only the role reader can only read', async () => {
    const path = `/v3/users/${userId}/application_credentials`;
    const request = (name: string, role: string) => ({
      application_credential: { name, roles: [{ name: role }] },
    });
    expect((await cloud.identity('POST', path, request('a', 'admin'), await headers())).status).toBe(400);
    const made = await cloud.identity('POST', path, request('r', 'reader'), await headers());
    const { id, secret } = made.body.application_credential ?? {};
    const token = (await withCredential({ id, secret })).headers.get('X-Subject-Token') ?? '';
    const create = { network: { name: 'x' } };
    const used = await cloud.call('alice', 'POST', 'networks', create, { 'X-Auth-Token': token });
    expect(used.body.NeutronError?.type).toBe('PolicyNotAuthorized');
  });

  test('are refused once they expire or are deleted, and so are their tokens', async () => {
    const path = `/v3/users/${userId}/application_credentials`;
    const request = (expires: number) => ({
      application_credential: { name: 'old', expires_at: new Date(expires).toISOString() },
    });
    expect((await cloud.identity('POST', path, request(Date.now() - 1), await headers())).status).toBe(400);
    // Keystone keeps whole seconds.
    const soon = Math.ceil(Date.now() / 1000) * 1000 + 1000;
    const old = await cloud.identity('POST', path, request(soon), await headers());
    const { id, secret } = old.body.application_credential ?? {};
    const precise = { application_credential: { name: 'precise', expires_at: '2999-01-02T03:04:05.678901' } };
    const shown = await cloud.identity('POST', path, precise, await headers());
    expect(shown.body.application_credential).toMatchObject({
      expires_at: '2999-01-02T03:04:05.678901',
      user_id: userId,
    });
    const login = async () => (await withCredential({ id, secret })).status;
    await expect.poll(login, { timeout: 10_000 }).toBe(401);
    const token = (await withCredential(credential)).headers.get('X-Subject-Token') ?? '';
    const deleted = await cloud.identity('DELETE', `${path}/${credential.id}`, undefined, await headers());
    expect(deleted.status).toBe(204);
    expect((await cloud.call('alice', 'GET', 'networks', undefined, { 'X-Auth-Token': token })).status).toBe(
      401,
    );
    const other = idOf(
      await cloud.identity('POST', path, { application_credential: { name: 'stolen' } }, await headers()),
    );
    const admin = { 'X-Auth-Token': await cloud.token('admin') };
    expect((await cloud.identity('GET', `${path}/${other}`, undefined, admin)).status).toBe(200);
    expect((await cloud.identity('DELETE', `${path}/${other}`, undefined, admin)).status).toBe(204);
    const gone = await withCredential(credential);
    expect([gone.status, gone.body.error?.message]).toEqual([
      404,
      `Could not find Application Credential: ${credential.id}.`,
    ]);
  });
});
