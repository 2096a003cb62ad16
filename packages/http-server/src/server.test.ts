import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openPort } from './server.ts';

const open: TcpServer[] = [];
afterEach(() => open.splice(0).map((server) => server.close()));

test('port 0 is a free port', async () => {
  const server = createServer();
  open.push(server);
  const port = await openPort(server, '127.0.0.1', 0);
  expect(server.address()).toMatchObject({ address: '127.0.0.1', port });
});

test('a port that another program has is an error', async () => {
  const other = createTcpServer().listen(0, '127.0.0.1');
  open.push(other);
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(openPort(createServer(), '127.0.0.1', port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
