import { constants } from 'node:crypto';
import { createServer, type ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { splitAddress } from '@ovn-docker/config-file';
import { Connections, closeGently, connectionsWithin, openPort, plainAddress } from '@ovn-docker/http-server';
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
  readonly fetch: Parameters<typeof getRequestListener>[0];
}

/** An open listener. */
export interface Listener {
  readonly port: number;
  /** Waits for running requests, and closes all connections. */
  close(): Promise<void>;
}

const SERVER_DAYS = 30;
const DAY_MS = 86_400_000;
/** Open connections of all addresses. */
const MOST_CONNECTIONS = 10_000;
/** Files that are not connections of VMs: connections to Keystone and Neutron, files of the folder. */
const RESERVED_FILES = 100;

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
 * How long an answer may take until the VM has read it, in ms. Neutron may take longer than a quarter of an
 * hour for the largest bulk request.
 */
const EXCHANGE_MS = 1_200_000;

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
  const server = createServer(
    {
      ...limits,
      ...(await context()),
      requestCert: true,
      // Requests that need no certificate come over the same listener; `clientOf` checks the others.
      rejectUnauthorized: false,
    },
    getRequestListener(fetch),
  );
  const open = new Connections({
    total: connectionsWithin(MOST_CONNECTIONS, RESERVED_FILES),
    perClient: connections,
    // Not replaced: the VM's agent may be sending a request on the connection that seems idle.
    beyondPerClient: 'refuse',
    // Each address by itself: VMs share a /64 prefix.
    clientOf: plainAddress,
    exchangeMs: EXCHANGE_MS,
  });
  open.watch(server);
  const { host, port } = splitAddress(address);
  const bound = await openPort(server, host, port).catch((cause: Error) => {
    throw new BrokerError('LISTEN_FAILED', `cannot listen on ${address}: ${cause.message}`, { cause });
  });
  const renewal = setInterval(() => void context().then((next) => server.setSecureContext(next)), DAY_MS);
  renewal.unref();
  return {
    port: bound,
    close: () => {
      clearInterval(renewal);
      return closeGently(server, open);
    },
  };
}
