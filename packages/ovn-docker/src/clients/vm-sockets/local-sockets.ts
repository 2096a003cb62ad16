import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { asOvnDockerError, type OvnDockerError } from '../../errors.ts';
import { joinStreams } from './join-streams.ts';
import { type SocketName, socketNames } from './sockets.ts';

/** Unix sockets on this machine behind which are those of a VM: the `docker` command can use them, too. */
export interface LocalSockets extends Disposable {
  readonly paths: Readonly<Record<SocketName, string>>;
}

/**
 * Listens in a new directory that only this user can enter.
 * @param open connects with the VM's socket; an error of it answers the HTTP request of the program that
 * connected
 */
export async function listenLocally(open: (name: SocketName) => Promise<Duplex>): Promise<LocalSockets> {
  // mkdtemp(3) makes the directory with mode 0700.
  const directory = mkdtempSync(join(tmpdir(), 'ovn-docker-'));
  const servers: Server[] = [];
  const connections = new Set<Socket>();
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const paths = { agent: join(directory, 'agent.sock'), docker: join(directory, 'docker.sock') };
  const close = () => {
    for (const server of servers) server.close();
    for (const connection of connections) connection.destroy();
    process.off('exit', remove);
    remove();
  };
  try {
    for (const name of socketNames) {
      const server = createServer({ allowHalfOpen: true }, (connection) => {
        connections.add(connection);
        connection.once('close', () => connections.delete(connection)).on('error', () => undefined);
        void forward(connection, () => open(name));
      });
      servers.push(server);
      server.listen(paths[name]);
      await once(server, 'listening');
    }
  } catch (error) {
    close();
    throw error;
  }
  return { paths, [Symbol.dispose]: close };
}

async function forward(connection: Socket, open: () => Promise<Duplex>): Promise<void> {
  try {
    const stream = await open();
    if (connection.destroyed) stream.destroy();
    else joinStreams(connection, stream);
  } catch (error) {
    refuse(connection, asOvnDockerError(error));
  }
}

/**
 * Answers the first request on a connection with an error, in the forms that the agent's client and the
 * `docker` command understand. dockerd writes an error of a driver as in `message`.
 */
function refuse(connection: Socket, error: OvnDockerError): void {
  const message = `remote: ${error.message} [${error.code}]; ${error.hint}`;
  const body = JSON.stringify({ error, message });
  const head = [
    'HTTP/1.1 503 Service Unavailable',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  connection.once('data', () => connection.end(`${head.join('\r\n')}\r\n\r\n${body}`));
}
