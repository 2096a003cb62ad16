import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet, type IncomingMessage, request } from 'node:http';
import { get as httpsGet, type RequestOptions } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Certificate, makeCa, makeCertificate } from '../../test/support/certificates.ts';
import { serveSchema } from '../config/serve-config.ts';
import { HealthListener } from './listener.ts';

// Root alone may be able to change the files, and the directories above them.
const folder = mkdtempSync(join(tmpdir(), 'health-'));
afterAll(() => rmSync(folder, { recursive: true }));
let ca: Certificate;
let client: Certificate;
beforeAll(() => {
  ca = makeCa(folder);
  makeCertificate(folder, 'server', ca, '127.0.0.1');
  client = makeCertificate(folder, 'client', ca);
});

const routes = new Hono()
  .get('/healthz', (context) => context.json({ alive: true }))
  .get('/never', () => new Promise<never>(() => undefined));
const times = { retryMs: 20, rereadMs: 20, requestMs: 200 };

/** Starts a listener; `port` resolves when it listens, `logged` contains the lines of its log. */
function start(config: object, given = times) {
  const logged: Record<string, unknown>[] = [];
  const listening = Promise.withResolvers<number>();
  const write = (line: string) => {
    const entry = JSON.parse(line) as { msg: string; port: number };
    logged.push(entry);
    if (entry.msg.startsWith('shows')) listening.resolve(entry.port);
  };
  const log = pino({ level: 'info' }, { write });
  const listener = new HealthListener(serveSchema.parse(config), routes, log, given);
  return { listener, logged, port: listening.promise };
}

const tls = () => ({ certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') });
const mutual = () => ({ address: '127.0.0.1:0', tls: tls(), client_ca: ca.certificate });

async function ask(port: number, more: RequestOptions = {}): Promise<{ status?: number; body: string }> {
  const options = {
    host: '127.0.0.1',
    port,
    path: '/healthz',
    agent: false,
    ca: readFileSync(ca.certificate),
    ...more,
  };
  const [answer] = (await once(httpsGet(options), 'response')) as [IncomingMessage];
  return { ...(answer.statusCode ? { status: answer.statusCode } : {}), body: await text(answer) };
}
const withKey = ({ certificate, key }: Certificate) => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
});
const plain = async (port: number, path = '/healthz') => {
  const [answer] = (await once(httpGet({ port, path, agent: false }), 'response')) as [IncomingMessage];
  return answer.resume().statusCode;
};

it('answers a client with a certificate, and no other', async () => {
  const { listener, port } = start(mutual());
  await using _listener = listener;
  const at = await port;
  expect(await ask(at, withKey(client))).toEqual({ status: 200, body: '{"alive":true}' });
  await expect(ask(at)).rejects.toThrow();
  const stranger = makeCertificate(folder, 'stranger', makeCa(folder, 'other-ca'));
  await expect(ask(at, withKey(stranger))).rejects.toThrow();
  await expect(plain(at)).rejects.toThrow();
});

it('uses new certificates when the files change, closes the connections, and keeps the former ones while the files do not fit together', async () => {
  const other = makeCa(folder, 'next-ca');
  const next = makeCertificate(folder, 'next', other, '127.0.0.1');
  const { listener, port, logged } = start(mutual(), { ...times, requestMs: 600_000 });
  await using _listener = listener;
  const at = await port;
  const saved = [tls().certificate, tls().key].map((file) => [file, readFileSync(file)] as const);
  copyFileSync(next.certificate, tls().certificate);
  await vi.waitFor(() => expect(logged.at(-1)?.msg).toMatch(/^cannot show the health/), 5000);
  expect((await ask(at, withKey(client))).status).toBe(200);
  const kept = connectTls({
    host: '127.0.0.1',
    port: at,
    ca: readFileSync(ca.certificate),
    ...withKey(client),
  });
  await once(kept.resume(), 'secureConnect');
  kept.write('GET /never HTTP/1.1\r\nHost: h\r\n\r\n');
  const ended = once(kept, 'close');
  copyFileSync(next.key, tls().key);
  await vi.waitFor(() => expect(logged.at(-1)?.msg).toMatch(/^uses new certificates/), 5000);
  await ended;
  await expect(ask(at, withKey(client))).rejects.toThrow(/certificate/);
  expect((await ask(at, { ...withKey(client), ca: readFileSync(other.certificate) })).status).toBe(200);
  for (const [file, bytes] of saved) writeFileSync(file, bytes);
});

it('waits for a port that another program has, and for certificates that come late', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: taken } = other.address() as { port: number };
  const certificate = join(folder, 'late.pem');
  const config = { ...mutual(), address: `127.0.0.1:${taken}`, tls: { ...tls(), certificate } };
  const { listener, logged, port } = start(config);
  await using _listener = listener;
  await vi.waitFor(() => expect(JSON.stringify(logged)).toContain('ENOENT'), 5000);
  copyFileSync(tls().certificate, certificate);
  await vi.waitFor(() => expect(JSON.stringify(logged)).toContain('EADDRINUSE'), 5000);
  expect(logged).toHaveLength(2);
  other.close();
  expect(await port).toBe(taken);
});

it('goes on trying while the VM does not have the address', async () => {
  // Documentation addresses (RFC 5737): no machine has them.
  const { listener, logged } = start({ ...mutual(), address: '192.0.2.9:9105' });
  await vi.waitFor(() => expect(JSON.stringify(logged)).toContain('EADDRNOTAVAIL'), 5000);
  await listener[Symbol.asyncDispose]();
  expect(logged).toHaveLength(1);
});

it('refuses everything that is not a small GET', async () => {
  const { listener, port } = start({ address: '127.0.0.1:0' });
  await using _listener = listener;
  const at = await port;
  const send = async (method: string, headers: object = {}) => {
    const sent = request({ port: at, path: '/healthz', method, agent: false, headers: { ...headers } });
    sent.on('error', () => undefined).end(method === 'POST' ? 'x' : undefined);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer.resume().statusCode;
  };
  expect(await send('POST')).toBe(405);
  expect(await send('DELETE')).toBe(405);
  expect(await send('GET', { 'content-length': 5 })).toBe(413);
  expect(await send('GET', { filler: 'x'.repeat(9000) })).toBe(431);
  expect(await send('GET', { host: 'not a host' })).toBe(200);
  expect(await plain(at, '/v1/gc')).toBe(404);
});

it('cuts off an answer that takes too long, and more connections than it has room for', async () => {
  const { listener, port } = start({ address: '127.0.0.1:0' });
  await using _listener = listener;
  const at = await port;
  await expect(plain(at, '/never')).rejects.toMatchObject({ code: 'ECONNRESET' });
  const sockets = Array.from({ length: 70 }, () =>
    connect(at, '127.0.0.1')
      .on('error', () => undefined)
      .resume(),
  );
  await Promise.all(sockets.slice(64).map((socket) => once(socket, 'close')));
  expect(sockets.slice(0, 64).every((socket) => !socket.closed)).toBe(true);
  for (const socket of sockets) socket.destroy();
});

it('lets a reader in while another address holds all connections', async () => {
  const { listener, port } = start({ address: '127.0.0.1:0' });
  await using _listener = listener;
  const at = await port;
  const held = Array.from({ length: 64 }, () =>
    connect({ port: at, host: '127.0.0.1', localAddress: '127.0.0.2' }).on('error', () => undefined),
  );
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await plain(at)).toBe(200);
  for (const socket of held) socket.destroy();
});
