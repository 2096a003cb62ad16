import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AnswerBody,
  passwordAuth,
  startCloud,
  type TestCloud,
} from '../../../test/support/test-cloud.ts';

let cloud: TestCloud;
let alice: Record<string, string>;
let user: string;
let path: string;

beforeAll(async () => {
  cloud = await startCloud();
  const login = await cloud.identity('POST', '/v3/auth/tokens', passwordAuth('alice', 'alicepw', 'alice'));
  alice = { 'X-Auth-Token': login.headers.get('X-Subject-Token') ?? '' };
  user = login.body.token?.user.id ?? '';
  path = `/v3/users/${user}`;
});
afterAll(() => cloud[Symbol.asyncDispose]());

const rule = (method: string, rulePath: string, service = 'network') => ({ service, method, path: rulePath });
const create = (name: string, access_rules: unknown, headers = alice) =>
  cloud.identity(
    'POST',
    `${path}/application_credentials`,
    { application_credential: { name, access_rules } },
    headers,
  );

/** Logs in with a new credential that has these rules. Returns the header with its token. */
async function narrow(name: string, ...rules: unknown[]): Promise<Record<string, string>> {
  const made = await create(name, rules);
  expect(made.status).toBe(201);
  const { id, secret } = made.body.application_credential ?? {};
  const identity = { methods: ['application_credential'], application_credential: { id, secret } };
  const login = await cloud.identity('POST', '/v3/auth/tokens', { auth: { identity } });
  return { 'X-Auth-Token': login.headers.get('X-Subject-Token') ?? '' };
}

const network = async (token: Record<string, string>, method: string, rest: string, body?: unknown) =>
  (await cloud.call('alice', method, rest, body, token)).status;

test('a request that no access rule allows is answered as if the token were invalid', async () => {
  const token = await narrow('reader', rule('GET', '/v2.0/networks'), rule('GET', '/v2.0/ports/*'));
  expect(await network(token, 'GET', 'networks')).toBe(200);
  expect(await network(token, 'GET', 'networks?name=x')).toBe(200);
  expect(await network(token, 'GET', 'ports/unknown')).toBe(404);
  const denied = await cloud.call('alice', 'POST', 'networks', { network: {} }, token);
  const invalid = await cloud.call('alice', 'POST', 'networks', { network: {} }, { 'X-Auth-Token': 'x' });
  expect([denied.status, denied.body]).toEqual([401, invalid.body]);
  // As in Neutron, a path with `.json` is another path.
  for (const rest of ['ports', 'networks/1', 'networks.json', 'networks/']) {
    expect([rest, await network(token, 'GET', rest)]).toEqual([rest, 401]);
  }
});

test('rules for one service do not open another', async () => {
  const token = await narrow('identity', rule('GET', `${path}/application_credentials/*`, 'identity'));
  expect(await network(token, 'GET', 'networks')).toBe(401);
  const list = await cloud.identity('GET', `${path}/application_credentials`, undefined, token);
  expect(list.status).toBe(401);
  const own = await create('own', []);
  const { id } = own.body.application_credential ?? {};
  const shown = await cloud.identity('GET', `${path}/application_credentials/${id}`, undefined, token);
  expect(shown.status).toBe(200);
});

test('a token with access rules is shown with them, and only to a client that knows access rules', async () => {
  const token = await narrow('shown', rule('GET', '/v2.0/networks'));
  const subject = { ...token, 'X-Subject-Token': token['X-Auth-Token'] ?? '' };
  expect((await cloud.identity('GET', '/v3/auth/tokens', undefined, subject)).status).toBe(404);
  const known = { ...subject, 'OpenStack-Identity-Access-Rules': '1.0' };
  const shown = await cloud.identity('GET', '/v3/auth/tokens', undefined, known);
  expect([shown.status, rulesOf(shown.body)]).toEqual([200, [rule('GET', '/v2.0/networks')]]);
});

test('rules are shared by a user’s credentials, and can be deleted when no credential has them', async () => {
  const list = async () => {
    const answer = await cloud.identity('GET', `${path}/access_rules?path=/v2.0/shared`, undefined, alice);
    return (answer.body as { access_rules: { id: string }[] }).access_rules;
  };
  const [one, two] = [
    await create('one', [rule('GET', '/v2.0/shared')]),
    await create('two', [rule('GET', '/v2.0/shared')]),
  ];
  const [shared, ...others] = await list();
  expect(others).toEqual([]);
  const byId = await create('by-id', [{ id: shared?.id }]);
  expect(byId.status).toBe(201);
  const remove = () => cloud.identity('DELETE', `${path}/access_rules/${shared?.id}`, undefined, alice);
  expect((await remove()).status).toBe(403);
  for (const { body } of [one, two, byId]) {
    const { id } = body.application_credential ?? {};
    await cloud.identity('DELETE', `${path}/application_credentials/${id}`, undefined, alice);
  }
  const shown = await cloud.identity('GET', `${path}/access_rules/${shared?.id}`, undefined, alice);
  expect(shown.body).toMatchObject({ access_rule: { id: shared?.id, ...rule('GET', '/v2.0/shared') } });
  expect((await remove()).status).toBe(204);
  expect(await list()).toEqual([]);
});

test("another user's rules are not found", async () => {
  await create('hidden', [rule('GET', '/v2.0/hidden')]);
  const bob = { 'X-Auth-Token': await cloud.token('bob') };
  expect((await cloud.identity('GET', `${path}/access_rules`, undefined, bob)).status).toBe(403);
});

test.each([
  ['a path without a slash', [rule('GET', 'v2.0/ports')]],
  ['an unknown method', [rule('FETCH', '/v2.0/ports')]],
  ['a rule without a service', [{ method: 'GET', path: '/v2.0/ports' }]],
  ['an unknown key', [{ ...rule('GET', '/v2.0/ports'), host: 'x' }]],
  ['an id that the user does not have', [{ id: 'unknown' }]],
  ['something else than a list', 'GET /v2.0/ports'],
])('%s is refused', async (_what, rules) => {
  expect((await create('refused', rules)).status).toBe(400);
});

test('an unknown key beside the rules is refused and not ignored', async () => {
  const body = { application_credential: { name: 'x', acces_rules: [] } };
  const answer = await cloud.identity('POST', `${path}/application_credentials`, body, alice);
  expect(answer.status).toBe(400);
});

function rulesOf({ token }: AnswerBody) {
  const { access_rules = [] } = (token?.application_credential ?? {}) as { access_rules?: { id: string }[] };
  return access_rules.map(({ id: _, ...shown }) => shown);
}
