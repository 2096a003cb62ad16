import { constants } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { createAdaptorServer } from '@hono/node-server';
import { splitAddress } from '@ovn-docker/config-file';
import { plainAddress } from './access/source-addresses.ts';
import type { Authority } from './certificates/authority.ts';
import { BrokerError } from './errors.ts';

/** What a listener needs. */
export interface Listen {
  readonly authority: Authority;
  /** DNS names and addresses of the server certificate. */
  readonly names: readonly string[];
  /** `host:port` */
  readonly address: string;
  /** Open connections of one address. */
  readonly connections: number;
  readonly fetch: Parameters<typeof createAdaptorServer>[0]['fetch'];
}

/** An open listener. */
export interface Listener {
  readonly port: number;
  /** Waits for running requests, and closes idle connections. */
  close(): Promise<void>;
}

const SERVER_DAYS = 30;
const DAY_MS = 86_400_000;
/** Open connections of all addresses. */
const MOST_CONNECTIONS = 10_000;

/** How long a client may take, in ms, and how much it may send before its body. */
const limits = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
} as const satisfies ServerOptions;
const security = { minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET } as const;
/**
 * A connection on which nothing moves for this time is closed. Neutron may take longer than a quarter of an
 * hour for the largest bulk request.
 */
const SILENCE_MS = 1_200_000;

/**
 * Listens with TLS. The server certificate comes from the broker's CA; a new one replaces it every day, long
 * before it expires, and the CA's certificate is sent with it, so that a VM that joins can compare its hash.
 * Sessions are never resumed: each connection shows its certificate again.
 *
 * @throws BrokerError LISTEN_FAILED
 */
export async function listen({ authority, names, address, connections, fetch }: Listen): Promise<Listener> {
  const context = async (): Promise<SecureContextOptions> => {
    const { certificate, key } = await authority.issueServer(names, SERVER_DAYS);
    // All of it each time: `setSecureContext` forgets what it does not get.
    return { ...security, cert: `${certificate}\n${authority.pem}`, key, ca: authority.pem };
  };
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: {
      ...limits,
      ...(await context()),
      requestCert: true,
      // Requests that need no certificate come over the same listener; `clientOf` checks the others.
      rejectUnauthorized: false,
    },
  }) as Server;
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(SILENCE_MS);
  limitConnections(server, connections);
  const renewal = setInterval(() => void context().then((next) => server.setSecureContext(next)), DAY_MS);
  renewal.unref();
  const port = await open(server, address);
  return {
    port,
    close: async () => {
      clearInterval(renewal);
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

/** One VM, or one address that tries certificates, must not take the connections of all others. */
function limitConnections(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress);
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const rest = (open.get(address) ?? 1) - 1;
      if (rest > 0) open.set(address, rest);
      else open.delete(address);
    });
  });
}

function open(server: Server, address: string): Promise<number> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new BrokerError('LISTEN_FAILED', `cannot listen on ${address}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
}
