import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordAuth, send, startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';
import { KnownTokens } from './known-tokens.ts';

/*
 * The Keystone of these tests is the identity service of another embedded-neutron, with its own database.
 */
let keystone: TestCloud;
let cloud: TestCloud;
const files = () => keystone.nb.directory;

/** A network service whose tokens `keystone` validates. */
const startNetworkService = (password: string, cacheTime: number) => {
  const file = join(files(), `password-${password}`);
  writeFileSync(file, password);
  return startCloud({
    identity: {
      keystone: `${keystone.service.identityUrl}/v3`,
      username: 'admin',
      password_file: file,
      project: 'admin',
      cache_time: cacheTime,
    },
    quiet: true,
  });
};
const login = async (person: string, project?: string) => {
  const answer = await keystone.identity(
    'POST',
    '/v3/auth/tokens',
    passwordAuth(person, `${person}pw`, project),
  );
  return answer.headers.get('X-Subject-Token') ?? '';
};
const call = (token: string, method = 'GET', path = 'networks', body?: unknown, to = cloud) =>
  send(`${to.service.networkUrl}/v2.0/${path}`, method, body, { 'X-Auth-Token': token });
const readiness = async ({ service }: TestCloud) => {
  const answer = await fetch(`${service.networkUrl}/readyz`);
  return [answer.status, await answer.json()];
};
const READY = [200, { ready: true }];
const NOT_READY = [503, { ready: false, reason: 'Keystone cannot validate tokens' }];

beforeAll(async () => {
  keystone = await startCloud();
  cloud = await startNetworkService('adminpw', 1);
});
afterAll(async () => {
  await cloud[Symbol.asyncDispose]();
  await keystone[Symbol.asyncDispose]();
});

test('tokens of the Keystone have their roles, in their project only', async () => {
  const [alice, bob, reader] = await Promise.all([
    login('alice', 'alice'),
    login('bob', 'bob'),
    login('reader', 'alice'),
  ]);
  const made = await call(alice, 'POST', 'networks', { network: { name: 'mine' } });
  expect(made.status).toBe(201);
  expect((await call(reader)).body.networks).toHaveLength(1);
  expect((await call(reader, 'POST', 'networks', { network: {} })).status).toBe(403);
  expect((await call(bob)).body.networks).toEqual([]);
  expect((await call(await keystone.token('admin'))).body.networks).toHaveLength(1);
  expect(cloud.service.identityUrl).toBe(keystone.service.identityUrl);
});

test.each<[string, () => Promise<string> | string]>([
  ['no scope', () => login('alice')],
  ['nonsense', () => 'nonsense'],
  ['too many characters', () => 'x'.repeat(8193)],
  ['a space', () => 'a b'],
  ['no characters', () => ''],
])('a token with %s is refused', async (_what, token) => {
  const used = await call(await token());
  expect([used.status, used.headers.get('WWW-Authenticate')]).toEqual([
    401,
    `Keystone uri="${keystone.service.identityUrl}/v3"`,
  ]);
});

test('access rules of the Keystone are enforced', async () => {
  const alice = { 'X-Auth-Token': await login('alice', 'alice') };
  const user = (
    await keystone.identity('GET', '/v3/auth/tokens', undefined, {
      ...alice,
      'X-Subject-Token': alice['X-Auth-Token'],
    })
  ).body.token?.user.id;
  const access_rules = [{ service: 'network', method: 'GET', path: '/v2.0/networks' }];
  const path = `/v3/users/${user}/application_credentials`;
  const made = await keystone.identity(
    'POST',
    path,
    { application_credential: { name: 'n', access_rules } },
    alice,
  );
  const { id, secret } = made.body.application_credential ?? {};
  const identity = { methods: ['application_credential'], application_credential: { id, secret } };
  const narrow =
    (await keystone.identity('POST', '/v3/auth/tokens', { auth: { identity } })).headers.get(
      'X-Subject-Token',
    ) ?? '';
  expect((await call(narrow)).status).toBe(200);
  expect((await call(narrow, 'POST', 'networks', { network: {} })).status).toBe(401);
  expect((await call(narrow, 'GET', 'ports')).status).toBe(401);
});

test('a revoked token is refused when the answer of the Keystone no longer counts', async () => {
  const token = await login('alice', 'alice');
  expect((await call(token)).status).toBe(200);
  await keystone.identity('DELETE', '/v3/auth/tokens', undefined, {
    'X-Auth-Token': token,
    'X-Subject-Token': token,
  });
  await expect.poll(async () => (await call(token)).status, { timeout: 10_000 }).toBe(401);
});

test('the Keystone is asked once for many requests with one token', async () => {
  await using patient = await startNetworkService('adminpw', 300);
  const token = await login('alice', 'alice');
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => call(token, 'GET', 'networks', undefined, patient)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  // A second question would get another answer.
  await keystone.identity('DELETE', '/v3/auth/tokens', undefined, {
    'X-Auth-Token': token,
    'X-Subject-Token': token,
  });
  expect((await call(token, 'GET', 'networks', undefined, patient)).status).toBe(200);
});

test('many unknown tokens from one address are refused, and the service goes on', async () => {
  const token = await login('alice', 'alice');
  const flood = await Promise.all(Array.from({ length: 300 }, (_unused, index) => call(`unknown${index}`)));
  expect(flood.every(({ status }) => status === 401 || status === 503)).toBe(true);
  expect((await call(token)).status).toBe(200);
});

test('with a wrong credential, no token is accepted and none is called invalid', async () => {
  await using other = await startNetworkService('wrong', 60);
  expect(await readiness(other)).toEqual(NOT_READY);
  const used = await call(await login('alice', 'alice'), 'GET', 'networks', undefined, other);
  expect([used.status, used.headers.get('Retry-After')]).toEqual([503, '1']);
});

test('without the Keystone, known tokens work and others wait for it', async () => {
  await using dead = await startNetworkService('adminpw', 300);
  expect(await readiness(dead)).toEqual(READY);
  const [known, unknown] = [await login('alice', 'alice'), await login('bob', 'bob')];
  expect((await call(known, 'GET', 'networks', undefined, dead)).status).toBe(200);
  await keystone.service.close();
  expect((await call(known, 'GET', 'networks', undefined, dead)).status).toBe(200);
  expect((await call(unknown, 'GET', 'networks', undefined, dead)).status).toBe(503);
  expect(await readiness(dead)).toEqual(NOT_READY);
});

test('knowledge ends with time, and the oldest is forgotten first', () => {
  let now = 0;
  const tokens = new KnownTokens<number>(2, () => now);
  tokens.set('a', 1, 10);
  tokens.set('b', 2, 20);
  expect([tokens.get('a'), tokens.get('b'), tokens.get('c')]).toEqual([1, 2, undefined]);
  now = 10;
  expect([tokens.get('a'), tokens.get('b')]).toEqual([undefined, 2]);
  tokens.set('b', 3, 30);
  tokens.set('c', 4, 30);
  tokens.set('d', 5, 30);
  expect([tokens.get('b'), tokens.get('c'), tokens.get('d')]).toEqual([undefined, 4, 5]);
});
