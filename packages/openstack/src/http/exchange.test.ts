import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { expect, test } from 'vitest';
import { startReplayCloud } from '../../test/support/replay-cloud.ts';
import { exchange } from './exchange.ts';
import type { HttpRequest } from './types.ts';

const LONGEST = 1000;

test('a call that is aborted while it waits for a connection is never sent', async () => {
  await using cloud = await startReplayCloud();
  const release = Promise.withResolvers<void>();
  cloud.interpose(() => release.promise.then(() => ({ status: 200, body: {} })));
  const agent = new Agent({ connections: 1, pipelining: 1 });
  const call = (path: string): HttpRequest => ({
    method: 'POST',
    url: new URL(path, cloud.url),
    headers: {},
    body: {},
    secrets: [],
  });
  const never = new AbortController().signal;
  const abort = new AbortController();

  const first = exchange(agent, call('/first'), never, LONGEST);
  const second = exchange(agent, call('/second'), abort.signal, LONGEST);
  const third = exchange(agent, call('/third'), never, LONGEST);
  await cloud.arrived(1);
  abort.abort(new Error('enough'));
  await expect(second).rejects.toMatchObject({ outcome: 'not-sent', cause: { message: 'enough' } });
  release.resolve();
  await Promise.all([first, third]);
  expect(cloud.calls.map(({ url }) => url)).toEqual(['/first', '/third']);
  await agent.close();
});

test('no piece of an answer is kept: millions of tiny ones would fill the memory', async () => {
  const piece = Buffer.alloc(1);
  const dispatcher = Object.assign(new Agent(), {
    dispatch(_options: unknown, handler: Dispatcher.DispatchHandler) {
      const controller = {} as Dispatcher.DispatchController;
      handler.onResponseStart?.(controller, 200, {}, 'OK');
      for (const letter of Buffer.from('Neutron')) {
        piece[0] = letter;
        handler.onResponseData?.(controller, piece);
      }
      handler.onResponseEnd?.(controller, {});
      return true;
    },
  });
  const request: HttpRequest = { method: 'GET', url: new URL('http://cloud.test'), headers: {}, secrets: [] };
  const { text } = await exchange(dispatcher, request, new AbortController().signal, LONGEST);
  expect(text).toBe('Neutron');
});

test.each([
  ['gzip', undefined],
  ['X-GZIP', undefined],
  ['gzip', 'not gzip'],
])('an answer in %s is unpacked, or fails if its body is %s', async (encoding, broken) => {
  const server = createServer((incoming, response) => {
    expect(incoming.headers['accept-encoding']).toBe('gzip');
    response.setHeader('content-encoding', encoding);
    response.end(broken ?? gzipSync('{"name":"Größe"}'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const agent = new Agent();
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const answer = exchange(
    agent,
    { method: 'GET', url, headers: {}, secrets: [] },
    new AbortController().signal,
    LONGEST,
  );
  if (broken === undefined) expect((await answer).text).toBe('{"name":"Größe"}');
  else await expect(answer).rejects.toMatchObject({ outcome: 'unknown' });
  await agent.close();
  server.close();
});
