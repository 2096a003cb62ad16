import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram, type TestProgram } from '../test/support/program.ts';
import { passwordAuth, startCloud, type TestCloud } from '../test/support/test-cloud.ts';

/** A process of the service that may open 64 files only. */
let cloud: TestCloud;
let program: TestProgram;
const held: Socket[] = [];

beforeAll(async () => {
  cloud = await startCloud();
  program = await startProgram(cloud.configPath, 64);
});
afterAll(async () => {
  for (const socket of held) socket.destroy();
  await program[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
});

/** Sends a request on a new connection from an address of the loopback network. */
async function send(from: string, method: string, url: string, body?: object, token = '') {
  const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' };
  const sent = request(url, { method, localAddress: from, headers, agent: false });
  sent.end(body && JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

/** Opens a connection and begins a request. The service may close it. */
async function hold(from: string, url: string): Promise<void> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: from });
  held.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET /v2.0/networks HTTP/1.1\r\nHost: h\r\nX-A');
}

test('strangers who hold connections keep no other client out, with 64 open files', async () => {
  const { identity, network } = program.ready;
  const listNetworks = async () => {
    const auth = passwordAuth('alice', 'alicepw', 'alice');
    const login = await send('127.0.0.9', 'POST', `${identity}/v3/auth/tokens`, auth);
    const token = String(login.headers['x-subject-token']);
    const list = await send('127.0.0.9', 'GET', `${network}/v2.0/networks`, undefined, token);
    return [login.status, list.status];
  };
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 100; count++) {
      await hold(`127.0.0.${2 + (count % 5)}`, count % 2 === 0 ? network : identity);
    }
    expect(await listNetworks()).toEqual([201, 200]);
  }
  const files = readdirSync(`/proc/${program.process.pid}/fd`).length;
  expect(files).toBeLessThan(64);
});
