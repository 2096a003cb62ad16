import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import packageJson from '../../../package.json' with { type: 'json' };
import { OvnDockerError } from '../../errors.ts';
import { joinStreams } from './join-streams.ts';
import { keepAlive } from './keep-alive.ts';
import {
  type Greeting,
  MAX_STREAMS,
  SESSION_MEGABYTES,
  type SocketName,
  STREAMS,
  WINDOW_BYTES,
} from './sockets.ts';

/**
 * Serves connections to the sockets of this VM over one pair of pipes, which ssh connects with the program
 * outside: HTTP/2 with a CONNECT request for each connection (RFC 9113 §8.5), and a GET for the greeting.
 * Resolves when the other side has closed.
 */
export async function serveStreams(
  pipes: Duplex,
  sockets: Readonly<Record<SocketName, string>>,
  docker: Greeting['docker'],
): Promise<void> {
  const greeting: Greeting = { streams: STREAMS, version: packageJson.version, docker };
  const server = createServer({
    maxSessionMemory: SESSION_MEGABYTES,
    settings: { maxConcurrentStreams: MAX_STREAMS, initialWindowSize: WINDOW_BYTES },
  });
  server.on('session', (session) => {
    keepAlive(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    if (headers[':method'] === 'CONNECT')
      void serveConnection(stream, sockets, String(headers[':authority']));
    else answer(stream, 200, greeting);
  });
  const opened = once(server, 'session') as Promise<[ServerHttp2Session]>;
  // HTTP/2 needs no socket: Node accepts any stream.
  server.emit('connection', pipes);
  const [session] = await opened;
  session.setLocalWindowSize(WINDOW_BYTES * 4);
  pipes.once('end', () => session.destroy());
  await new Promise<void>((resolve) => session.once('close', () => resolve()));
}

async function serveConnection(
  stream: ServerHttp2Stream,
  sockets: Readonly<Record<SocketName, string>>,
  name: string,
): Promise<void> {
  if (!Object.hasOwn(sockets, name)) {
    answer(stream, 404, new OvnDockerError('E_USAGE', `there is no socket "${name}"`));
    return;
  }
  try {
    const socket = await openSocket(name as SocketName, sockets[name as SocketName]);
    if (stream.closed) {
      socket.destroy();
      return;
    }
    stream.respond({ ':status': 200 });
    joinStreams(stream, socket);
  } catch (error) {
    answer(stream, 503, error);
  }
}

/**
 * Connects with a socket of this VM.
 * @throws OvnDockerError `E_SOCKET_DENIED`, `E_AGENT_NOT_RUNNING`, `E_DOCKER_NOT_RUNNING`
 */
export async function openSocket(name: SocketName, path: string): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true });
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    throw explained(name, path, error as NodeJS.ErrnoException);
  }
}

function explained(name: SocketName, path: string, error: NodeJS.ErrnoException): OvnDockerError {
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    const hint = {
      agent:
        'name a group in `socket_group` of /etc/ovn-docker/config.yaml in the VM, restart the agent, and add the user to the group; or log in as root: ssh://root@…',
      docker:
        'add the user to Docker’s group in the VM: `usermod -aG docker USER`; or log in as root: ssh://root@…',
    }[name];
    const message = `user ${userInfo().username} may not open ${path} in the VM`;
    return new OvnDockerError('E_SOCKET_DENIED', message, { cause: error, hint });
  }
  return name === 'agent'
    ? new OvnDockerError('E_AGENT_NOT_RUNNING', `no agent answers on ${path} in the VM`, {
        cause: error,
        hint: 'start it there: `systemctl start ovn-docker`; `journalctl -u ovn-docker` says why it ended',
      })
    : new OvnDockerError('E_DOCKER_NOT_RUNNING', `Docker does not answer on ${path} in the VM`, {
        cause: error,
        hint: 'start it there: `systemctl start docker`; if it has another socket, name it in `docker.socket` of the VM’s configuration',
      });
}

function answer(stream: ServerHttp2Stream, status: number, body: unknown): void {
  if (stream.closed) return;
  stream.respond({ ':status': status, 'content-type': 'application/json' });
  stream.end(JSON.stringify(body));
}
