import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { limitBody } from './limit-body.ts';

const app = new Hono();
app.use(limitBody((context) => context.text('too long', 413)));
app.post('/', async (context) => context.text(String((await context.req.text()).length)));

/** Sends a body over HTTP, by default in chunks without a Content-Length. */
async function send(body: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, host: '127.0.0.1', method: 'POST', agent: false, headers });
  sent.write(body);
  // The server may have closed the connection by now.
  sent.on('error', () => undefined);
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const said = await text(answer);
  server.close();
  return said;
}

const LIMIT = 1024 * 1024;

it.each([
  ['in chunks', () => ({})],
  ['with its length', (body: string) => ({ 'content-length': String(body.length) })],
])('a body of more than 1 MiB is refused: %s', async (_, headers) => {
  const [allowed, long] = ['x'.repeat(LIMIT), 'x'.repeat(LIMIT + 1)];
  expect(await send(allowed, headers(allowed))).toBe(String(LIMIT));
  expect(await send(long, headers(long))).toBe('too long');
});

it('a body with a length is not made a stream', async () => {
  const init = { method: 'POST', body: 'abc', headers: { 'content-length': '3' } };
  const asked = new Request('http://localhost/', init);
  Object.defineProperty(asked, 'body', { get: () => expect.unreachable() });
  expect(await (await app.fetch(asked)).text()).toBe('3');
});
