import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, json, text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listenLocally } from './local-sockets.ts';
import { Streams } from './open-streams.ts';
import { serveStreams } from './serve-streams.ts';

let directory: string;
const servers: Server[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vm-sockets-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(directory, { recursive: true });
});

/** A program that listens on a socket of the VM. */
async function listen(name: string, onConnection: (socket: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  await once(server.listen(join(directory, name)), 'listening');
}

/** Two ends of one connection. */
async function pair(): Promise<[Socket, Socket]> {
  const there = Promise.withResolvers<Socket>();
  await listen('ssh', there.resolve);
  return [dial(join(directory, 'ssh')), await there.promise];
}

/** Both sides, over one connection. */
async function connected() {
  const [here, there] = await pair();
  const sockets = { agent: join(directory, 'agent'), docker: join(directory, 'docker') };
  const served = serveStreams(there, sockets, { driver: 'mine', publish: 'refuse' });
  return { streams: new Streams(here), served, here };
}

it('the greeting has the version and the settings of the VM', async () => {
  const { streams, served } = await connected();
  expect(await streams.greet()).toMatchObject({ streams: 1, docker: { driver: 'mine', publish: 'refuse' } });
  streams.close();
  await served;
});

it('the end of one direction leaves the other open, as `docker run -i` needs it', async () => {
  await listen('docker', (socket) => {
    void text(socket).then((input) => socket.end(`read: ${input}`));
  });
  const { streams } = await connected();
  const stream = await streams.open('docker');
  stream.write('a');
  stream.end('b');
  expect(await text(stream)).toBe('read: ab');
  streams.close();
});

it('a VM that ends its output can still read', async () => {
  const input = Promise.withResolvers<string>();
  await listen('docker', (socket) => {
    socket.end('done');
    input.resolve(text(socket));
  });
  const { streams } = await connected();
  const stream = await streams.open('docker');
  expect(await text(stream)).toBe('done');
  stream.end('late');
  expect(await input.promise).toBe('late');
  streams.close();
});

it('megabytes in both directions and in many connections arrive unchanged', async () => {
  await listen('agent', (socket) => socket.pipe(socket));
  const { streams } = await connected();
  const data = Buffer.alloc(3_000_000, 'ovn-docker');
  const echoes = Array.from({ length: 20 }, async () => {
    const stream = await streams.open('agent');
    stream.end(data);
    return (await buffer(stream)).equals(data);
  });
  expect(new Set(await Promise.all(echoes))).toEqual(new Set([true]));
  streams.close();
});

it.each([
  ['agent', 'E_AGENT_NOT_RUNNING', 'systemctl start ovn-docker'],
  ['docker', 'E_DOCKER_NOT_RUNNING', 'systemctl start docker'],
] as const)('nothing listens on the socket of %s: %s', async (name, code, hint) => {
  const { streams } = await connected();
  await expect(streams.open(name)).rejects.toMatchObject({ code, hint: expect.stringContaining(hint) });
  streams.close();
});

it('a name that is no socket is refused', async () => {
  const { streams } = await connected();
  await expect(streams.open('__proto__' as 'agent')).rejects.toMatchObject({ code: 'E_USAGE' });
  streams.close();
});

it('when the pipes end, the connections of the VM end, and the program too', async () => {
  const closed = Promise.withResolvers<void>();
  await listen('agent', (socket) => socket.once('end', () => closed.resolve()).resume());
  const { streams, served, here } = await connected();
  await streams.open('agent');
  here.destroy();
  await Promise.all([closed.promise, served]);
  await expect(streams.ended).rejects.toThrow();
});

it('text that is not HTTP/2 ends the connection with an error', async () => {
  const [here, there] = await pair();
  const streams = new Streams(here);
  there.write('Welcome to this VM!\n'.repeat(10));
  await expect(streams.greet()).rejects.toThrow();
});

it('a VM with another protocol is an E_VERSION that names its version', async () => {
  const [here, there] = await pair();
  const server = createHttp2();
  server.on('stream', (stream) => {
    stream.respond();
    stream.end(JSON.stringify({ streams: 2, version: '9.9.9' }));
  });
  server.emit('connection', there);
  const streams = new Streams(here);
  await expect(streams.greet()).rejects.toMatchObject({
    code: 'E_VERSION',
    message: expect.stringContaining('9.9.9'),
  });
  streams.close();
});

it('programs use the VM by Unix sockets of this user, and learn why the VM refuses them', async () => {
  await listen('agent', (socket) => socket.pipe(socket));
  const { streams } = await connected();
  const local = await listenLocally((name) => streams.open(name));
  const socket = dial({ path: local.paths.agent, allowHalfOpen: true });
  socket.end('hello');
  expect(await text(socket)).toBe('hello');

  const asked = request({ socketPath: local.paths.docker, path: '/_ping' }).end();
  const [answer] = await once(asked, 'response');
  // The form of dockerd for the error of a driver, which `dockerRefusal` translates.
  expect(await json(answer)).toMatchObject({
    message: expect.stringMatching(/^remote: .* \[E_DOCKER_NOT_RUNNING\]; start it there/),
    error: { code: 'E_DOCKER_NOT_RUNNING' },
  });
  local[Symbol.dispose]();
  expect(() => readdirSync(join(local.paths.agent, '..'))).toThrow('ENOENT');
  streams.close();
});
