import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, idOf, passwordAuth, startCloud, type TestCloud } from '../test/support/test-cloud.ts';
import { limits } from './limits.ts';

/** Requests at each limit and beyond it. */
let cloud: TestCloud;
let network: string;
let subnet: string;
let group: string;

beforeAll(async () => {
  cloud = await startCloud();
  const post = async (path: string, body: object) => idOf(await cloud.call('alice', 'POST', path, body));
  network = await post('networks', { network: {} });
  subnet = await post('subnets', { subnet: { network_id: network, ip_version: 4, cidr: '10.0.0.0/16' } });
  group = await post('security-groups', { security_group: {} });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const typeOf = ({ body }: Answer) => body.NeutronError?.type;
const repeat = (count: number, item: (index: number) => string, between = '&') =>
  Array.from({ length: count }, (_unused, index) => item(index)).join(between);
const list = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_unused, index) => item(index));

describe('the query', () => {
  const get = (query: string) => cloud.call('alice', 'GET', `networks?${query}`);

  test('a URL has at most 16,384 characters', async () => {
    const rest = '/v2.0/networks?name=';
    expect((await get(`name=${'x'.repeat(limits.url.most - rest.length)}`)).status).toBe(200);
    const refused = await get(`name=${'x'.repeat(limits.url.most - rest.length + 1)}`);
    expect(refused.status).toBe(414);
    expect(refused.body.NeutronError).toMatchObject({
      type: 'RequestUrlTooLong',
      message: 'The URL has more than 16384 characters.',
    });
  });

  test.each<[string, number, (count: number) => string, string | undefined]>([
    ['keys', limits.queryKeys.most, (count) => repeat(count, (index) => `k${index}=1`), 'HTTPBadRequest'],
    [
      'values of a key',
      limits.queryValues.most,
      (count) => repeat(count, (index) => `id=${index}`),
      undefined,
    ],
    ['fields', limits.queryValues.most, (count) => repeat(count, (index) => `fields=f${index}`), undefined],
    [
      'sort keys',
      limits.sortKeys.most,
      (count) => repeat(count, () => 'sort_key=id&sort_dir=asc'),
      undefined,
    ],
    ['tags', limits.queryTags.most, (count) => `tags-any=${repeat(count, String, ',')}`, undefined],
    [
      'tags in several values',
      limits.queryTags.most,
      (count) => repeat(count, (n) => `tags=${n}`),
      undefined,
    ],
  ])('%s: at most %i', async (_what, most, query, type) => {
    expect(typeOf(await get(query(most)))).toBe(type);
    const refused = await get(query(most + 1));
    expect(refused.status).toBe(400);
    expect(refused.body.NeutronError).toMatchObject({
      type: 'RequestTooComplex',
      message: expect.stringContaining(`more than ${most} `),
    });
  });

  test('the Identity API has the same limits, in its own form', async () => {
    const headers = { 'X-Auth-Token': await cloud.token('admin') };
    const ask = (count: number) =>
      cloud.identity('GET', `/v3/users?${repeat(count, (index) => `x${index}=1`)}`, undefined, headers);
    expect((await ask(limits.queryKeys.most)).status).toBe(200);
    expect(await ask(limits.queryKeys.most + 1)).toMatchObject({
      status: 400,
      body: { error: { code: 400, title: 'Bad Request', message: expect.stringContaining('more than 64 ') } },
    });
  });
});

describe('the headers', () => {
  /** Sends exactly these headers besides Host, Connection and the token. */
  const get = async (headers: Record<string, string>) => {
    const token = await cloud.token('alice');
    const options = { headers: { Connection: 'close', 'X-Auth-Token': token, ...headers } };
    const [answer] = (await once(
      request(`${cloud.service.networkUrl}/v2.0/networks`, options).end(),
      'response',
    )) as [IncomingMessage];
    return { status: answer.statusCode, text: await text(answer) };
  };
  const many = (count: number) => Object.fromEntries(list(count, (index) => [`x-${index}`, '1']));

  test('a request has at most 100 headers', async () => {
    expect((await get(many(limits.headers.most - 3))).status).toBe(200);
    const refused = await get(many(limits.headers.most - 2));
    expect(refused.status).toBe(431);
    expect(refused.text).toContain('The request has more than 100 headers.');
  });

  test('URL and headers have at most 32,768 bytes', async () => {
    expect((await get({ 'x-long': 'x'.repeat(limits.headerBytes.most - 1000) })).status).toBe(200);
    expect((await get({ 'x-long': 'x'.repeat(limits.headerBytes.most) })).status).toBe(431);
  });
});

describe('the body', () => {
  const post = (body: string) => cloud.call('alice', 'POST', 'networks', body);

  test('a body has at most 1,048,576 bytes', async () => {
    const body = (size: number) => '{"network":{}}'.padEnd(size);
    expect((await post(body(limits.body.most))).status).toBe(201);
    const refused = await post(body(limits.body.most + 1));
    expect([refused.status, typeOf(refused)]).toEqual([413, 'RequestBodyTooLarge']);
    expect(refused.headers.get('Connection')).toBe('close');
  });

  test('a body of the Identity API has at most 114,688 bytes', async () => {
    const login = (size: number) =>
      cloud.identity(
        'POST',
        '/v3/auth/tokens',
        JSON.stringify(passwordAuth('alice', 'alicepw', 'alice')).padEnd(size),
      );
    expect((await login(limits.identityBody.most)).status).toBe(201);
    expect(await login(limits.identityBody.most + 1)).toMatchObject({
      status: 413,
      body: { error: { code: 413, title: 'Request Entity Too Large' } },
    });
  });

  test.each<[string, number, (count: number) => string]>([
    [
      'nesting',
      limits.nesting.most,
      (count) => `{"network":{"name":${'['.repeat(count - 2)}${']'.repeat(count - 2)}}}`,
    ],
    [
      'nested objects',
      limits.nesting.most,
      (count) => `${'{"network":'.repeat(count - 1)}{}${'}'.repeat(count - 1)}`,
    ],
    ['items of a list', limits.items.most, (count) => `{"networks":[${repeat(count, () => 'null', ',')}]}`],
    [
      'texts in a list, which may contain brackets and commas',
      limits.items.most,
      (count) => `{"network":{"tags":[${repeat(count, () => '"],\\"\\\\"', ',')}]}}`,
    ],
    [
      'members of an object',
      limits.members.most,
      (count) => `{"network":{${repeat(count, (index) => `"m${index}":0`, ',')}}}`,
    ],
  ])('%s: at most %i', async (_what, most, body) => {
    expect(typeOf(await post(body(most)))).toBe('HTTPBadRequest');
    const refused = await post(body(most + 1));
    expect([refused.status, typeOf(refused)]).toEqual([400, 'RequestTooComplex']);
  });

  test('an error repeats at most 4,096 characters of what it refuses', async () => {
    const { body } = await post(JSON.stringify({ network: { name: 'x'.repeat(100_000) } }));
    expect(body.NeutronError?.message?.length).toBe(4097);
  });

  test('as many rules as a list may have can be created at once', { timeout: 120_000 }, async () => {
    const rule = (port: number) => ({
      security_group_id: group,
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: port,
      port_range_max: port,
    });
    const answer = await cloud.call('alice', 'POST', 'security-group-rules', {
      security_group_rules: list(limits.items.most, (index) => rule(index + 1)),
    });
    expect(answer.status).toBe(201);
    const again = await cloud.call('alice', 'POST', 'security-group-rules', {
      security_group_rule: rule(500),
    });
    expect(typeOf(again)).toBe('SecurityGroupRuleExists');
  });
});

describe('attributes', () => {
  const port = (attributes: object) =>
    cloud.call('alice', 'POST', 'ports', { port: { network_id: network, ...attributes } });

  test.each<[string, number, (count: number) => Promise<Answer>]>([
    ['tags', limits.tags.most, (count) => port({ tags: list(count, String) })],
    [
      'allocation pools',
      limits.pools.most,
      async (count) => {
        const network_id = idOf(await cloud.call('alice', 'POST', 'networks', { network: {} }));
        const pool = (index: number) => ({ start: `10.1.${index}.1`, end: `10.1.${index}.9` });
        return cloud.call('alice', 'POST', 'subnets', {
          subnet: {
            network_id,
            ip_version: 4,
            cidr: '10.1.0.0/16',
            gateway_ip: null,
            allocation_pools: list(count, pool),
          },
        });
      },
    ],
    [
      'binding:profile',
      limits.profile.most,
      (count) => port({ 'binding:profile': { k: 'x'.repeat(count - '{"k":""}'.length) } }),
    ],
    ['fixed_ips', 16, (count) => port({ fixed_ips: list(count, () => ({ subnet_id: subnet })) })],
    [
      'allowed_address_pairs',
      10,
      (count) => port({ allowed_address_pairs: list(count, (index) => ({ ip_address: `10.9.9.${index}` })) }),
    ],
  ])('%s: at most %i', async (_what, most, ask) => {
    expect((await ask(most)).status).toBe(201);
    const refused = await ask(most + 1);
    expect(refused.status).toBe(400);
    expect(refused.body.NeutronError?.message).toMatch(new RegExp(`\\b${most}\\b`));
  });

  test('a change cannot exceed the number of addresses and tags of a port', async () => {
    const id = idOf(await port({ tags: list(limits.tags.most, String) }));
    const change = (attributes: object) => cloud.call('alice', 'PUT', `ports/${id}`, { port: attributes });
    const addresses = (count: number) => ({ fixed_ips: list(count, () => ({ subnet_id: subnet })) });
    expect((await change(addresses(16))).status).toBe(200);
    expect(typeOf(await change(addresses(17)))).toBe('InvalidInput');
    expect((await cloud.call('alice', 'PUT', `ports/${id}/tags/0`)).status).toBe(201);
    expect(typeOf(await cloud.call('alice', 'PUT', `ports/${id}/tags/more`))).toBe('InvalidInput');
    const tags = list(limits.tags.most + 1, String);
    expect(typeOf(await cloud.call('alice', 'PUT', `ports/${id}/tags`, { tags }))).toBe('InvalidInput');
  });
});

test('the README contains the table of limits', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const rows = Object.values(limits).map(
    ({ most, what, answer }) => `| ${what} | ${most.toLocaleString('en')} | ${answer} |`,
  );
  expect(readme).toContain(`${rows.join('\n')}\n`);
});
