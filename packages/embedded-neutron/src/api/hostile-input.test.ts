import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf, startCloud, type TestCloud } from '../../test/support/test-cloud.ts';

/** Input with which a tenant might disturb the service for other tenants. */
let cloud: TestCloud;
let network: string;
beforeAll(async () => {
  cloud = await startCloud();
  network = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
});
afterAll(() => cloud[Symbol.asyncDispose]());

test.each([
  ['NUL', '{"network":{"name":"a\\u0000b"}}'],
  ['half a surrogate pair', '{"network":{"name":"\\ud800"}}'],
  ['NUL in a key', '{"network":{"a\\u0000":1}}'],
  ['a list', '[]'],
  ['null', '{"network":null}'],
  ['a list of nulls', '{"networks":[null]}'],
  ['a number', '{"network":{"name":5}}'],
  ['an object as name', '{"network":{"name":{"$ne":1}}}'],
  ['deep nesting', `{"network":{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`],
  ['prototype', '{"network":{"__proto__":{"shared":true}}}'],
])('%s gets 400, and other tenants are served', async (_what, body) => {
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
