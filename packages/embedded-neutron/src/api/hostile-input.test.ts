import { afterAll, beforeAll, expect, test } from 'vitest';
import { badBodies } from '../../test/requests/hostile-requests.ts';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** Input with which a tenant might disturb the service for other tenants. */
let cloud: TestCloud;
let network: string;
beforeAll(async () => {
  cloud = await startCloud();
  network = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
});
afterAll(() => cloud[Symbol.asyncDispose]());

test.each(Object.entries(badBodies))('%s gets 400, and other tenants are served', async (_what, body) => {
  expect((await cloud.call('alice', 'POST', 'networks', body)).status).toBe(400);
  expect((await cloud.call('bob', 'POST', 'networks', { network: {} })).status).toBe(201);
});

test('a tag with NUL in the path is refused', async () => {
  expect((await cloud.call('alice', 'PUT', `networks/${network}/tags/a%00b`)).status).toBe(400);
  expect(
    (await cloud.call('alice', 'PUT', `networks/${network}/tags/${encodeURIComponent('ä"\\ b')}`)).status,
  ).toBe(201);
  expect((await cloud.call('alice', 'GET', `networks/${network}/tags`)).body.tags).toEqual(['ä"\\ b']);
});

test('a body beyond the limit is refused', async () => {
  const name = 'x'.repeat(2 ** 20);
  expect((await cloud.call('alice', 'POST', 'networks', { network: { name } })).status).toBe(413);
});

test('names are stored unchanged', async () => {
  const name = '💡 "quoted" \\ $pg_x && ip4 \n';
  const made = await cloud.call('alice', 'POST', 'networks', { network: { name } });
  const shown = await cloud.call('alice', 'GET', `networks?name=${encodeURIComponent(name)}`);
  expect(shown.body.networks).toEqual([made.body.network]);
});

test('attributes that would have no effect are refused', async () => {
  for (const attribute of ['availability_zone_hints', 'qos_policy_id', 'id']) {
    const answer = await cloud.call('alice', 'POST', 'networks', { network: { [attribute]: ['x'] } });
    expect([attribute, answer.status]).toEqual([attribute, 400]);
  }
});
