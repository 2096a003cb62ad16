import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen } from '../agent/listen.ts';
import { Turns } from '../queues/in-turn.ts';
import { AgentClient } from './client.ts';
import { lockStream } from './lock-stream.ts';

let folder: string;
let served: AsyncDisposable;
let turns: Turns;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  turns = new Turns();
  const app = new Hono<{ Bindings: { closing: AbortSignal } }>().get('/v1/docker-networks/lock', (context) =>
    context.body(lockStream(turns, context.env.closing)),
  );
  served = await listen(app, join(folder, 'agent.sock'), new AbortController().signal);
});
afterEach(async () => {
  await served[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** A command: a client of its own. */
const command = () => new AgentClient(join(folder, 'agent.sock'));
/** Resolves when all waiting work of the queue is done. */
const idle = () => turns.run(async () => undefined);

it('commands have the lock one after the other', async () => {
  await using first = command();
  await using second = command();
  const held = await first.lockDockerNetworks(60_000);
  let isSecond = false;
  const waiting = second.lockDockerNetworks(60_000).then((lock) => {
    isSecond = true;
    return lock;
  });
  await first.lockDockerNetworks(1).catch(() => undefined);
  expect(isSecond).toBe(false);
  held[Symbol.dispose]();
  (await waiting)[Symbol.dispose]();
  await idle();
});

it('a command that waits too long gives up, and does not hold up the others', async () => {
  await using first = command();
  await using second = command();
  const held = await first.lockDockerNetworks(60_000);
  await expect(second.lockDockerNetworks(1)).rejects.toMatchObject({ code: 'E_DOCKER_FAILED' });
  held[Symbol.dispose]();
  await idle();
});

it('an agent that stops ends the wait', async () => {
  await using first = command();
  await using second = command();
  const held = await first.lockDockerNetworks(60_000);
  const waiting = expect(second.lockDockerNetworks(60_000)).rejects.toMatchObject({
    code: 'E_AGENT_NOT_RUNNING',
  });
  // The second request has arrived when a third one, which came later, is answered.
  await first.lockDockerNetworks(50).catch(() => undefined);
  await served[Symbol.asyncDispose]();
  await waiting;
  held[Symbol.dispose]();
});
