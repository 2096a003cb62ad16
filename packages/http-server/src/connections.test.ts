import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate } from '../test/support/certificates.ts';
import { type ConnectionLimits, Connections } from './connections.ts';
import { closeGently, openPort } from './server.ts';

/** Addresses of clients; the kernel has all of 127.0.0.0/8. */
const [HONEST, STRANGER, OTHER] = ['127.0.0.9', '127.0.0.2', '127.0.0.3'] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'http-server-'));
  makeCertificate(folder, 'server');
});
afterAll(() => rmSync(folder, { recursive: true }));

let end: (() => Promise<void>) | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await end?.();
});

/** Starts a server. Its requests `/wait`, and `/begun` with a begun answer, end when the test says so. */
async function start(given: Partial<ConnectionLimits> = {}, { tls = false } = {}) {
  const limits = { total: 100, perClient: 100, beyondPerClient: 'replace', exchangeMs: 60_000 } as const;
  const connections = new Connections({ ...limits, ...given });
  const waiting = Promise.withResolvers<string>();
  const arrived = Promise.withResolvers<void>();
  let requests = 0;
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    requests++;
    if (incoming.url === '/large') return response.end(Buffer.alloc(50_000_000));
    if (incoming.method === 'POST') return response.end(await text(incoming).catch(() => ''));
    if (incoming.url === '/begun') response.write('begun ');
    else if (incoming.url !== '/wait') return response.end('hello');
    arrived.resolve();
    return response.end(await waiting.promise);
  };
  const handler = (incoming: IncomingMessage, response: ServerResponse) => void answer(incoming, response);
  const patience = { keepAliveTimeout: 600_000 };
  const pem = (kind: string) => readFileSync(join(folder, `server.${kind}`));
  const server = tls
    ? createTlsServer({ ...patience, cert: pem('pem'), key: pem('key') }, handler)
    : createServer(patience, handler);
  connections.watch(server);
  const port = await openPort(server, '127.0.0.1', 0);
  end = () => closeGently(server, connections, 0);
  return {
    connections,
    close: (graceMs?: number) => closeGently(server, connections, graceMs),
    finish: waiting.resolve,
    arrived: arrived.promise,
    requests: () => requests,
    /** Opens a connection, sends something, and returns a promise of its end. */
    open: async (from: string, sent = '') => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from });
      sockets.push(socket);
      const closed = new Promise<string>((resolve) => {
        let received = '';
        socket.on('data', (chunk) => (received += String(chunk)));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(received));
      });
      await once(socket, 'connect');
      socket.write(sent);
      return { socket, closed };
    },
    /** Sends a whole request on a connection of its own, or of an agent. */
    get: async (from: string, path = '/', agent?: Agent) => {
      const options = { port, host: '127.0.0.1', localAddress: from, path, ...(agent && { agent }) };
      const sent = tls ? tlsRequest({ ...options, rejectUnauthorized: false }) : request(options);
      const [received] = (await once(sent.end(), 'response')) as [IncomingMessage];
      const { statusCode: status, headers } = received;
      return { status, body: await text(received), headers };
    },
  };
}

const HEAD = 'HTTP/1.1\r\nHost: h\r\n';

test('a client that does not read the answer is disconnected', async () => {
  const { open, connections } = await start({ exchangeMs: 100 });
  const { socket } = await open(STRANGER, `GET /large ${HEAD}\r\n`);
  socket.pause();
  await expect.poll(() => connections.size, { timeout: 20_000 }).toBe(0);
});

describe('if all connections are in use', () => {
  test('a stranger that holds them keeps no other client out', async () => {
    const { open, get, connections } = await start({ total: 10 });
    const held = await Promise.all(Array.from({ length: 10 }, () => open(STRANGER, `GET / ${HEAD}X-A`)));
    await expect.poll(() => connections.size).toBe(10);
    for (let count = 0; count < 5; count++) expect((await get(HONEST)).status).toBe(200);
    // The oldest made room.
    await held[0]?.closed;
    expect(connections.size).toBeLessThanOrEqual(10);
    expect(connections.lost.refused).toBe(0);
  });

  test('many strangers that hold one connection each keep no client out', async () => {
    const { open, get, connections } = await start({ total: 10 });
    await Promise.all(Array.from({ length: 10 }, (_unused, index) => open(`127.0.1.${index + 1}`)));
    await expect.poll(() => connections.size).toBe(10);
    expect((await get(HONEST)).status).toBe(200);
  });

  test('a new one replaces, of the client with the most, the one that waits for the longest time', async () => {
    const { open, connections } = await start({ total: 6 });
    /** Opens a connection after the server has accepted the one before it. */
    const openNext = async (from: string) => {
      const before = connections.size + connections.lost.replaced;
      const { socket } = await open(from);
      const closed = { is: false };
      socket.on('close', () => (closed.is = true));
      await expect.poll(() => connections.size + connections.lost.replaced).toBe(before + 1);
      return closed;
    };
    const held: { readonly is: boolean }[] = [];
    for (const from of [HONEST, STRANGER, STRANGER, OTHER, STRANGER, OTHER]) held.push(await openNext(from));
    for (let count = 0; count < 3; count++) await openNext(`127.0.1.${count + 1}`);
    // First one of three of the stranger, then the oldest of two of both, then one of two.
    await expect.poll(() => held.map(({ is }) => is)).toEqual([false, true, true, true, false, false]);
    expect([connections.size, connections.lost]).toEqual([6, { replaced: 3, refused: 0 }]);
  });

  test('the time since the last answer counts, not that since the connection was opened', async () => {
    const { open, connections } = await start({ total: 2 });
    const used = await open(STRANGER);
    await expect.poll(() => connections.size).toBe(1);
    const unused = await open(STRANGER);
    await expect.poll(() => connections.size).toBe(2);
    used.socket.write(`GET / ${HEAD}\r\n`);
    await once(used.socket, 'data');
    await open(HONEST);
    await unused.closed;
    expect(used.socket.closed).toBe(false);
  });

  test('a slow body and an answer that is not read make room, a running request does not', async () => {
    const { open, get, arrived, finish, connections } = await start({ total: 4 });
    const running = get(OTHER, '/wait');
    await arrived;
    await open(STRANGER, `POST / ${HEAD}Content-Length: 10\r\n\r\nabc`);
    const { socket } = await open(STRANGER, `GET /large ${HEAD}\r\n`);
    socket.pause();
    await open(STRANGER);
    await expect.poll(() => connections.size).toBe(4);
    const agents = Array.from({ length: 3 }, () => new Agent({ keepAlive: true }));
    for (const agent of agents) expect((await get(HONEST, '/', agent)).status).toBe(200);
    finish('done');
    expect((await running).body).toBe('done');
    for (const agent of agents) agent.destroy();
  });

  test('a request that was sent before the answer to the one before it makes no room either', async () => {
    const { open, get, arrived, finish } = await start({ total: 1 });
    const { socket, closed } = await open(HONEST, `GET / ${HEAD}\r\nGET /wait ${HEAD}\r\n`);
    await Promise.all([arrived, once(socket, 'data')]);
    await expect(get(OTHER)).rejects.toThrow();
    finish('done');
    await once(socket, 'data');
    socket.end();
    expect(await closed).toMatch(/hello[\s\S]*done/);
  });

  test('a client with many connections does not replace those of a client with fewer', async () => {
    const { get, open, connections, finish } = await start({ total: 3 });
    const running = [get(STRANGER, '/wait'), get(STRANGER, '/wait')];
    await expect.poll(() => connections.size).toBe(2);
    await open(HONEST);
    await expect.poll(() => connections.size).toBe(3);
    await expect(get(STRANGER)).rejects.toThrow();
    expect([connections.size, connections.lost.refused]).toEqual([3, 1]);
    finish('done');
    await Promise.all(running);
  });
});

describe('a client has a limited number of connections', () => {
  test('beyond it, a new one replaces the client’s own idle connection', async () => {
    const { open, get, connections, arrived, finish } = await start({ perClient: 2 });
    const running = get(HONEST, '/wait');
    await arrived;
    const idle = await open(HONEST);
    await expect.poll(() => connections.size).toBe(2);
    expect((await get(HONEST)).status).toBe(200);
    await idle.closed;
    const second = get(HONEST, '/wait');
    await expect.poll(() => connections.size).toBe(2);
    await expect(get(HONEST)).rejects.toThrow();
    expect((await get(OTHER)).status).toBe(200);
    finish('done');
    expect([(await running).body, (await second).body]).toEqual(['done', 'done']);
  });

  test('or is refused, until one of them is closed', async () => {
    const { open, get, connections } = await start({ perClient: 2, beyondPerClient: 'refuse' });
    const { socket } = await open(HONEST);
    await open(HONEST);
    await expect.poll(() => connections.size).toBe(2);
    await (await open(HONEST)).closed;
    expect([connections.size, connections.lost]).toEqual([2, { replaced: 0, refused: 1 }]);
    expect((await get(OTHER)).status).toBe(200);
    socket.destroy();
    await expect.poll(() => connections.size).toBe(2);
    expect((await get(HONEST)).status).toBe(200);
  });

  test('the server decides which addresses are one client', async () => {
    const { open, connections } = await start({ perClient: 2, clientOf: () => 'all' });
    for (const from of [HONEST, STRANGER, OTHER]) await open(from);
    await expect.poll(() => connections.lost).toEqual({ replaced: 1, refused: 0 });
    expect(connections.size).toBe(2);
  });
});

describe.each([{ tls: false }, { tls: true }])('when the server closes, %j', ({ tls }) => {
  const agent = () => (tls ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true }));

  test('running requests end, and idle connections do at once', async () => {
    const { open, get, close, arrived, finish, connections } = await start({}, { tls });
    await get(HONEST, '/', agent());
    const silent = await open(STRANGER);
    const running = get(OTHER, '/wait', agent());
    await arrived;
    const closed = close();
    await silent.closed;
    await expect(get(HONEST)).rejects.toThrow();
    // An answer that the kernel does not take in one piece.
    const large = 'x'.repeat(5_000_000);
    finish(large);
    const { status, body, headers } = await running;
    expect([status, body === large, headers.connection]).toEqual([200, true, 'close']);
    await closed;
    expect(connections.size).toBe(0);
  });

  test('a connection ends after an answer that had begun before', async () => {
    const { get, close, arrived, finish } = await start({}, { tls });
    const running = get(HONEST, '/begun', agent());
    await arrived;
    const closed = close();
    finish('done');
    const { body, headers } = await running;
    expect([body, headers.connection]).toEqual(['begun done', 'keep-alive']);
    await closed;
  });

  test('a request that does not end is aborted after the grace', async () => {
    const { get, close, arrived } = await start({}, { tls });
    const running = get(HONEST, '/wait').catch(() => 'aborted');
    await arrived;
    await close(50);
    expect(await running).toBe('aborted');
  });
});

test('a request that arrives on a busy connection while the server closes is answered, and is the last one', async () => {
  const { open, close, arrived, finish, requests } = await start();
  const { socket, closed } = await open(HONEST, `GET /begun ${HEAD}\r\n`);
  await Promise.all([arrived, once(socket, 'data')]);
  const ended = close();
  socket.write(`GET / ${HEAD}\r\n`);
  await expect.poll(requests).toBe(2);
  finish('done');
  expect(await closed).toMatch(/begun[\s\S]*done[\s\S]*200 OK[\s\S]*Connection: close[\s\S]*hello/);
  await ended;
});
