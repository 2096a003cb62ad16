import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Hono } from 'hono';
import { afterAll, expect, it } from 'vitest';
import { listen } from './listen.ts';

const folder = mkdtempSync(join(tmpdir(), 'listen-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'agent.sock');

const held = new AbortController().signal;
const server = (name: string) => new Hono().get('/', (context) => context.text(name));
const ask = () =>
  new Promise<string>((resolve, reject) => {
    request({ socketPath: path, path: '/', agent: false }, (answer) => resolve(text(answer)))
      .once('error', reject)
      .end();
  });

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
