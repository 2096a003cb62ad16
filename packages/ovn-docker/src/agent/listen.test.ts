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
import { acquire } from '../lifecycle/acquire.ts';
import { listen } from './listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'listen-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'agent.sock');

const held = new AbortController().signal;
const server = (name: string) => new Hono().get('/', (context) => context.text(name));
const open = (url: string) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath: path, path: url, agent: false }, resolve).once('error', reject).end();
  });
const ask = async () => text(await open('/'));

it('the agent that lost the lock does not take away the socket of the one that has it now', async () => {
  const first = await listen(server('first'), path, held);
  expect(await ask()).toBe('first');
  const second = await listen(server('second'), path, held);
  await first[Symbol.asyncDispose]();
  expect(await ask()).toBe('second');
  await second[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
});

it('an agent that lost the lock before it served leaves the socket of the one that has it now', async () => {
  const mine = await listen(server('mine'), path, held);
  const late = await listen(server('late'), path, AbortSignal.abort());
  expect(await ask()).toBe('mine');
  await late[Symbol.asyncDispose]();
  expect(await ask()).toBe('mine');
  await mine[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual([]);
});

it('an idle connection is not closed under a caller that is about to use it', async () => {
  const listening = await listen(server('here'), path, held);
  const agent = new Agent({ keepAlive: true });
  const [answer] = (await once(get({ socketPath: path, agent }), 'response')) as [IncomingMessage];
  // RFC 9112 §9.3; with a timeout Node announces it in `Keep-Alive: timeout=N`.
  expect([answer.headers.connection, answer.headers['keep-alive']]).toEqual(['keep-alive', undefined]);
  answer.resume();
  agent.destroy();
  await listening[Symbol.asyncDispose]();
});

it('who watches the stages sees each of them, and does not keep the agent from ending', async () => {
  const { engine, pool } = createWorld();
  const collector = { plan: async () => [], run: async () => [] };
  const app = apiServer(engine, collector, {} as Parameters<typeof apiServer>[2]);
  const listening = await listen(app, path, held, { graceMs: 60_000 });
  const events = await open('/v1/events');
  await acquire(engine, { pool, wants: { name: '' }, claim: {} });
  await listening[Symbol.asyncDispose]();
  const seen = (await text(events)).trimEnd().split('\n');
  expect(seen.map((line) => JSON.parse(line)).filter(({ moment }) => moment === 'after')).toMatchObject(
    ['choose VLAN', 'create port', 'add subport', 'make veth', 'plug port'].map((stage) => ({
      stage,
      direction: 'up',
    })),
  );
});

it('a request that does not end is cut off when its time is over', async () => {
  const stuck = Promise.withResolvers<void>();
  const app = new Hono().get('/', async () => {
    stuck.resolve();
    return new Promise<never>(() => undefined);
  });
  const listening = await listen(app, path, held, { graceMs: 1 });
  const answer = ask();
  const refused = expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  await stuck.promise;
  await listening[Symbol.asyncDispose]();
  await refused;
});
