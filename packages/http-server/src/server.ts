import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Connections } from './connections.ts';

/**
 * Begins to listen.
 *
 * @param port 0 selects a free port
 * @returns the port
 * @throws the server's error, such as EADDRINUSE
 */
export async function openPort(server: Server | TlsServer, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/**
 * Accepts no new connection, closes those without a running request, and the others after their answer.
 * Resolves when all are closed.
 *
 * @param connections those that watch the server
 * @param graceMs milliseconds after which running requests are aborted; by default never
 */
export async function closeGently(
  server: Server | TlsServer,
  connections: Connections,
  graceMs?: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  connections.drain();
  const late = graceMs === undefined ? undefined : setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(late);
}
