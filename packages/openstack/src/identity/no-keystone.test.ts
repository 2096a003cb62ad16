import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CloudConfig } from '../config/cloud-config.ts';
import { Neutron } from '../network/neutron.ts';
import { Session } from './session.ts';

let server: Server;
let config: CloudConfig;
const calls: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
let status = 200;

beforeEach(async () => {
  calls.length = 0;
  status = 200;
  server = createServer((request, response) => {
    calls.push({ url: request.url, headers: request.headers });
    response.statusCode = status;
    response.end(JSON.stringify({ ports: [] }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const authUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  config = { authUrl, auth: { type: 'none' }, retry: { attempts: 1 } };
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('without Keystone, calls reach the endpoint, without a token and without a login', async () => {
  await using session = new Session(config);
  expect(await new Neutron(session).ports.all()).toEqual([]);
  expect(calls.map(({ url }) => url)).toEqual([expect.stringMatching(/^\/v2\.0\/ports(\?|$)/)]);
  expect(calls[0]?.headers).not.toHaveProperty('x-auth-token');
  expect(await session.endpoint('network')).toBe(config.authUrl.replace(/\/$/, ''));
});

test('without Keystone, a refusal is final: there is no token to renew', async () => {
  status = 401;
  await using session = new Session(config);
  await expect(new Neutron(session).ports.all()).rejects.toMatchObject({ code: 'OPENSTACK_UNAUTHORIZED' });
  expect(calls).toHaveLength(1);
});

test('without Keystone, there is no token', async () => {
  await using session = new Session(config);
  await expect(session.token()).rejects.toMatchObject({ code: 'OPENSTACK_NO_TOKEN' });
  expect(calls).toHaveLength(0);
});

test('without Keystone, a session keeps its configuration when it reads the files again', async () => {
  const events: unknown[] = [];
  const reread = async () => ({ ...config, authUrl: 'http://127.0.0.1:9/' });
  await using session = new Session(config, { reread, onCredential: (event) => events.push(event) });
  await session.refresh();
  expect([session.config, events]).toEqual([config, []]);
});

test('a file that loses its Keystone does not replace the credential of a running session', async () => {
  const events: unknown[] = [];
  const before: CloudConfig = { ...config, auth: { type: 'token', token: 'a' } };
  await using session = new Session(before, {
    reread: async () => config,
    onCredential: (event) => events.push(event),
  });
  await session.refresh();
  expect(session.config).toBe(before);
  expect(events).toMatchObject([{ kind: 'kept', reason: { code: 'OPENSTACK_NO_TOKEN' } }]);
});
