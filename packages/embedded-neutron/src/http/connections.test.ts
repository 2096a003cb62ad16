import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Hono } from 'hono';
import { afterEach, describe, expect, test } from 'vitest';
import { neutronBody } from './answer-errors.ts';
import { Connections } from './connections.ts';
import { type Listening, listen } from './listen.ts';

/** Addresses of clients; the kernel has all of 127.0.0.0/8. */
const [HONEST, STRANGER, OTHER] = ['127.0.0.9', '127.0.0.2', '127.0.0.3'] as const;

let server: Listening | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close(0);
});

/** Starts a listener with short times, whose requests `/wait` end when the test says so. */
async function start({ total = 100, perAddress = 100, exchangeMs = 60_000, patienceMs = 60_000 } = {}) {
  const connections = new Connections({ total, perAddress, exchangeMs });
  const patience = {
    headersTimeout: patienceMs,
    requestTimeout: patienceMs,
    keepAliveTimeout: patienceMs,
    connectionsCheckingInterval: 20,
  };
  server = await listen({ address: '127.0.0.1:0', connections, form: neutronBody, patience });
  const waiting = Promise.withResolvers<string>();
  const arrived = Promise.withResolvers<void>();
  const app = new Hono();
  app.onError((_error, context) => context.text('', 400));
  app.get('/', (context) => context.text('hello'));
  app.get('/large', (context) => context.text('x'.repeat(50_000_000)));
  app.post('/', async (context) => context.text(await context.req.text()));
  app.get('/wait', async (context) => {
    arrived.resolve();
    return context.text(await waiting.promise);
  });
  server.answer(app);
  const { port } = new URL(server.url);
  return {
    connections,
    server,
    finish: waiting.resolve,
    arrived: arrived.promise,
    /** Opens a connection, sends something, and returns a promise of its end. */
    open: async (from: string, sent = '') => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: from });
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
      const sent = request({ port, host: '127.0.0.1', localAddress: from, path, ...(agent && { agent }) });
      const [answer] = (await once(sent.end(), 'response')) as [IncomingMessage];
      return { status: answer.statusCode, body: await text(answer), headers: answer.headers };
    },
  };
}

const HEAD = 'HTTP/1.1\r\nHost: h\r\n';

describe('a client that is too slow is disconnected', () => {
  test.each([
    ['sends nothing', '', ''],
    ['sends half of its headers', `GET / ${HEAD}X-A`, '408'],
    ['sends half of its body', `POST / ${HEAD}Content-Length: 10\r\n\r\nabc`, '408'],
    ['sends half of a chunk', `POST / ${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\nabc`, '408'],
    ['sends no second request', `GET / ${HEAD}\r\n`, '200'],
  ])('when it %s', async (_what, sent, status) => {
    const { open } = await start({ patienceMs: 100 });
    const { closed } = await open(STRANGER, sent);
    const received = await closed;
    expect(received).toContain(status);
    if (status === '408') expect(received).toContain('"type":"RequestTimeout"');
  });

  test('when it does not read the answer', async () => {
    const { open, connections } = await start({ exchangeMs: 100 });
    const { socket } = await open(STRANGER, `GET /large ${HEAD}\r\n`);
    socket.pause();
    await expect.poll(() => connections.size, { timeout: 20_000 }).toBe(0);
  });
});

test('what is no HTTP gets an answer in the form of the API', async () => {
  const { open } = await start();
  const { closed } = await open(STRANGER, 'hello\r\n\r\n');
  expect(await closed).toMatch(
    /^HTTP\/1\.1 400 .*"type":"HTTPBadRequest","message":"The request is not valid/s,
  );
});

describe('connections', () => {
  test('a stranger that holds all connections keeps no other address out', async () => {
    const { open, get, connections } = await start({ total: 10 });
    const held = await Promise.all(Array.from({ length: 10 }, () => open(STRANGER, `GET / ${HEAD}X-A`)));
    await expect.poll(() => connections.size).toBe(10);
    for (let count = 0; count < 5; count++) expect((await get(HONEST)).status).toBe(200);
    // The oldest made room.
    await held[0]?.closed;
    expect(connections.size).toBeLessThanOrEqual(10);
    expect(connections.lost.refused).toBe(0);
  });

  test('many strangers that hold one connection each keep nobody out', async () => {
    const { open, get, connections } = await start({ total: 10 });
    await Promise.all(Array.from({ length: 10 }, (_unused, index) => open(`127.0.1.${index + 1}`)));
    await expect.poll(() => connections.size).toBe(10);
    expect((await get(HONEST)).status).toBe(200);
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

  test('an address has a limited number; beyond it, its own idle connection is replaced', async () => {
    const { open, get, connections, arrived, finish } = await start({ perAddress: 2 });
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

  test('an address with many connections does not replace those of an address with fewer', async () => {
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

describe('when the listener closes', () => {
  test('running requests end, and idle connections do at once', async () => {
    const { open, get, server: listening, arrived, finish } = await start();
    const agent = new Agent({ keepAlive: true });
    await get(HONEST, '/', agent);
    const silent = await open(STRANGER);
    const running = get(OTHER, '/wait', new Agent({ keepAlive: true }));
    await arrived;
    const closed = listening.close(60_000);
    await silent.closed;
    await expect(get(HONEST)).rejects.toThrow();
    finish('done');
    expect(await running).toMatchObject({ status: 200, body: 'done', headers: { connection: 'close' } });
    await closed;
  });

  test('a request that does not end is aborted after the grace', async () => {
    const { get, server: listening, arrived } = await start();
    const running = get(HONEST, '/wait').catch(() => 'aborted');
    await arrived;
    await listening.close(50);
    expect(await running).toBe('aborted');
  });
});
