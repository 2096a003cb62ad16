import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Hono } from 'hono';
import { afterAll, expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import { apiServer } from '../api/server.ts';
import { HealthService } from '../health/health-service.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { listen } from './listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'listen-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'agent.sock');

/** Never aborts: the agent keeps the lock. */
const lock = new AbortController().signal;
const server = (name: string) => new Hono().get('/', (context) => context.text(name));
const open = (url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath: path, path: url, agent: false }, resolve).once('error', reject).end();
  });
const ask = async () => text(await open('/'));

it('an agent that lost the lock does not remove the socket of the agent that now holds the lock', async () => {
  const first = await listen(server('first'), path, lock);
  expect(await ask()).toBe('first');
  const second = await listen(server('second'), path, lock);
  await first[Symbol.asyncDispose]();
  expect(await ask()).toBe('second');
  await second[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
});

it('an agent that lost the lock before it served leaves the socket of the serving agent in place', async () => {
  const serving = await listen(server('serving'), path, lock);
  const late = await listen(server('late'), path, AbortSignal.abort());
  expect(await ask()).toBe('serving');
  await late[Symbol.asyncDispose]();
  expect(await ask()).toBe('serving');
  await serving[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
});

it('an idle connection stays open', async () => {
  const listening = await listen(server('idle'), path, lock);
  const agent = new Agent({ keepAlive: true });
  const [answer] = (await once(get({ socketPath: path, agent }), 'response')) as [IncomingMessage];
  // RFC 9112 §9.3. If the server had a timeout, Node would announce it in `Keep-Alive: timeout=N`.
  expect([answer.headers.connection, answer.headers['keep-alive']]).toEqual(['keep-alive', undefined]);
  answer.resume();
  agent.destroy();
  await listening[Symbol.asyncDispose]();
});

it('a client that streams stage events gets every event and does not keep the agent from ending', async () => {
  const { engine, pool } = createWorld();
  const collector = { plan: async () => [], run: async () => [] };
  const app = apiServer(engine, collector, {} as Parameters<typeof apiServer>[2], new HealthService());
  const listening = await listen(app, path, lock, { graceMs: 60_000 });
  const events = await open('/v1/events');
  await acquire(engine, { pool, wants: { name: '' }, claim: {} });
  await listening[Symbol.asyncDispose]();
  const lines = (await text(events)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line)).filter(({ moment }) => moment === 'after')).toMatchObject(
    ['choose VLAN', 'create port', 'add subport', 'make veth', 'plug port', 'guard port'].map((stage) => ({
      stage,
      direction: 'up',
    })),
  );
});

it('a request that still runs after the grace period is cut off', async () => {
  const stuck = Promise.withResolvers<void>();
  const app = new Hono().get('/', async () => {
    stuck.resolve();
    return new Promise<never>(() => undefined);
  });
  const listening = await listen(app, path, lock, { graceMs: 1 });
  const answer = ask();
  const refused = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  await stuck.promise;
  await listening[Symbol.asyncDispose]();
  await refused;
});
