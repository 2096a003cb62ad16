import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../../../test/support/test-cloud.ts';

/** Answers that a real Keystone 22 gave to generated requests (`npm run test:contract`, SEED 3). */
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud[Symbol.asyncDispose]());

const ABSENT = '00000000000000000000000000000000';
const password = { user: { name: 'nosuch', domain: { id: 'default' }, password: 'x' } };
const login = (identity: object) => ({ auth: { identity } });

test.each<readonly ['admin' | 'alice', string, unknown, number]>([
  ['admin', `PATCH /v3/projects/${ABSENT}`, { project: { tags: ['a,b'] } }, 400],
  ['admin', `PATCH /v3/roles/${ABSENT}`, { role: { name: {} } }, 404],
  ['admin', `PATCH /v3/users/${ABSENT}`, { user: { id: ['x'] } }, 404],
  ['admin', `PATCH /v3/domains/${ABSENT}`, { domain: { tags: 'a/b' } }, 404],
  ['admin', 'POST /v3/roles', { role: { name: 'new', description: null } }, 400],
  ['admin', 'POST /v3/users', { user: { name: 'new', default_project_id: 'default' } }, 400],
  ['admin', `POST /v3/users/${ABSENT}/application_credentials`, '.', 400],
  ['alice', `PUT /v3/projects/${ABSENT}/tags`, undefined, 403],
  ['alice', 'POST /v3/auth/tokens', login({ methods: ['nosuch'], password }), 400],
  ['alice', 'POST /v3/auth/tokens', login({ methods: ['password'], password: {} }), 400],
  [
    'alice',
    'POST /v3/auth/tokens',
    login({ methods: ['password'], password, application_credential: { id: 'x' }, token: {} }),
    401,
  ],
])('%s: %s %j gets %d', async (who, ask, body, status) => {
  const [method = '', path = ''] = ask.split(' ');
  const token = await cloud.token(who);
  expect((await cloud.identity(method, path, body, { 'X-Auth-Token': token })).status).toBe(status);
});
