import { Session } from '@ovn-docker/openstack';
import { afterEach, expect, test } from 'vitest';
import { send, startCloud, type TestCloud } from '../test/support/test-cloud.ts';

let cloud: TestCloud | undefined;
afterEach(() => cloud?.[Symbol.asyncDispose]());

test('a token may send a burst of requests, and those obtained with it count together', async () => {
  cloud = await startCloud({ limits: { requests_per_second: 0.01, burst: 5 } });
  const token = await cloud.token('alice');
  const list = async (person: 'alice' | 'bob') => (await cloud?.call(person, 'GET', 'networks'))?.status;
  const statuses = [await list('alice'), await list('alice'), await list('alice')];
  const scope = { project: { name: 'alice', domain: { id: 'default' } } };
  const auth = { identity: { methods: ['token'], token: { id: token } }, scope };
  const exchanged = await cloud.identity('POST', '/v3/auth/tokens', { auth });
  const child = { 'X-Auth-Token': exchanged.headers.get('X-Subject-Token') ?? '' };
  const url = `${cloud.service.networkUrl}/v2.0/networks`;
  statuses.push(exchanged.status, (await send(url, 'GET', undefined, child)).status);
  expect(statuses).toEqual([200, 200, 200, 201, 200]);
  const refused = await cloud.call('alice', 'GET', 'networks');
  expect(refused).toMatchObject({
    status: 429,
    body: { NeutronError: { type: 'TooManyRequests', message: expect.stringContaining('0.01 requests') } },
  });
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(60);
  expect((await send(url, 'GET', undefined, child)).status).toBe(429);
  const identity = await cloud.identity('GET', '/v3/auth/projects', undefined, { 'X-Auth-Token': token });
  expect(identity).toMatchObject({ status: 429, body: { error: { code: 429, title: 'Too Many Requests' } } });
  expect(identity.headers.get('Retry-After')).not.toBeNull();
  expect(await list('bob')).toBe(200);
});

test('the agent’s client waits for its turn', async () => {
  cloud = await startCloud({ limits: { requests_per_second: 5, burst: 2 } });
  const session = new Session({
    authUrl: cloud.service.identityUrl,
    auth: {
      type: 'password',
      username: 'alice',
      password: 'alicepw',
      userDomain: { id: 'default' },
      project: 'alice',
      projectDomain: { id: 'default' },
    },
    origin: 'the test',
  });
  const body = { network: { name: 'n' } };
  const post = () => session.request({ method: 'POST', service: 'network', path: '/v2.0/networks', body });
  for (let count = 0; count < 3; count++) expect((await post()).status).toBe(201);
  await session.close();
  expect((await cloud.call('alice', 'GET', 'networks')).body.networks).toHaveLength(3);
});

test('health and metrics say whether the service can work', { timeout: 30_000 }, async () => {
  cloud = await startCloud({ health: true, quiet: true });
  const { identityUrl, networkUrl, healthUrl = '' } = cloud.service;
  const get = async (url: string) => {
    const answer = await fetch(url);
    return { status: answer.status, text: await answer.text() };
  };
  const readiness = () =>
    Promise.all([networkUrl, identityUrl, healthUrl].map((url) => get(`${url}/readyz`)));
  for (const { status, text } of await readiness()) expect([status, text]).toEqual([200, '{"ready":true}']);
  await cloud.call('alice', 'GET', 'networks');
  await cloud.nb.stop();
  await expect.poll(async () => (await readiness()).map(({ status }) => status)).toEqual([503, 503, 503]);
  expect((await get(`${networkUrl}/readyz`)).text).toContain('"reason":"OVN Northbound does not answer"');
  for (const url of [networkUrl, identityUrl, healthUrl])
    expect((await get(`${url}/healthz`)).status).toBe(200);
  const metrics = await get(`${healthUrl}/metrics`);
  expect(metrics.text).toMatch(
    /^embedded_neutron_request_seconds_count\{api="network",method="GET",status="200"\} 1$/m,
  );
  expect(metrics.text).toMatch(/^embedded_neutron_ready 0$/m);
  expect(metrics.text).toMatch(/^embedded_neutron_connections [1-9]/m);
  expect((await get(`${networkUrl}/metrics`)).status).toBe(404);
  await cloud.nb.start();
  await expect.poll(async () => (await readiness()).map(({ status }) => status)).toEqual([200, 200, 200]);
});
