import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { splitAddress } from '@ovn-docker/config-file';
import { connect } from '@ovn-docker/ovsdb';
import { networkApp } from './api/network-app.ts';
import type { Config } from './config.ts';
import { ProgramError } from './errors.ts';
import { identityApp } from './identity/api/identity-app.ts';
import { makeCatalog } from './identity/catalog.ts';
import { Identity } from './identity/identity.ts';
import { KeystoneTokens } from './identity/keystone/keystone-tokens.ts';
import { limits } from './limits.ts';
import type { Log } from './log.ts';
import { metadataApp } from './metadata/metadata-app.ts';
import { identityRows } from './northbound/identity-rows.ts';
import { Northbound } from './northbound/northbound.ts';
import { resources } from './resources/index.ts';

/** A running service. */
export interface Service {
  readonly identityUrl: string;
  readonly networkUrl: string;
  readonly metadataUrl: string | undefined;
  /** Waits for running requests, then closes all sockets and the database connection. */
  close(): Promise<void>;
}

interface Fetcher {
  readonly fetch: Parameters<typeof createAdaptorServer>[0]['fetch'];
}

/**
 * Connects to OVN Northbound and serves. Port 0 selects a free port; the URLs of the returned service contain
 * it.
 *
 * @throws ProgramError NORTHBOUND_UNREACHABLE, LISTEN_FAILED
 */
export async function serve(config: Config, log: Log): Promise<Service> {
  const client = await connect({ remotes: config.nb }).catch((cause: unknown) => {
    throw new ProgramError('NORTHBOUND_UNREACHABLE', `cannot reach OVN Northbound at ${String(config.nb)}`, {
      cause,
    });
  });
  client.on('connected', (remote) => log.info({ msg: 'northbound connected', remote }));
  client.on('disconnected', (reason) => log.warn({ msg: 'northbound disconnected', reason: reason.message }));
  const open: Listening[] = [];
  const nb = await Northbound.open(client, [identityRows, ...resources.map(({ rows }) => rows)]);
  let closeIdentity = async (): Promise<void> => undefined;
  const close = async () => {
    await Promise.all(open.map((socket) => socket.close()));
    await closeIdentity();
    await nb.close();
    await client.close();
  };
  nb.quarantine.onRestored = (lost) =>
    log.warn({ msg: 'northbound was restored or recreated: an earlier state is back', lost_rows: lost });
  try {
    // The catalog contains the addresses, which are known only once the sockets listen.
    const networkSocket = await listen(config.listen.network);
    open.push(networkSocket);
    const networkUrl = config.public_url.network ?? networkSocket.url;
    const identity = await openIdentity(config, nb, networkUrl, log);
    if (identity.socket) open.push(identity.socket);
    closeIdentity = identity.close;
    networkSocket.answer(
      networkApp({
        backend: { nb, settings: config.network },
        resources,
        authenticate: identity.caller,
        log,
        identityUrl: identity.url,
      }),
    );
    const metadata = config.listen.metadata === undefined ? undefined : await listen(config.listen.metadata);
    if (metadata) {
      open.push(metadata);
      metadata.answer(metadataApp(nb, config.metadata ?? {}, log) as unknown as Fetcher);
    }
    return {
      identityUrl: identity.url,
      networkUrl,
      metadataUrl: metadata?.url,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The identity service as the network service uses it. */
interface IdentityService {
  readonly url: string;
  readonly caller: Parameters<typeof networkApp>[0]['authenticate'];
  /** Absent if a Keystone is the identity service. */
  readonly socket?: Listening;
  close(): Promise<void>;
}

/** Serves the Identity API, or connects to the configured Keystone. */
async function openIdentity(
  config: Config,
  nb: Northbound,
  networkUrl: string,
  log: Log,
): Promise<IdentityService> {
  if (config.identity.kind === 'keystone') {
    const tokens = new KeystoneTokens(config.identity, log);
    return {
      url: config.public_url.identity ?? config.identity.url,
      caller: (token, request) => tokens.caller(token, request),
      close: () => tokens.close(),
    };
  }
  const socket = await listen(config.listen.identity ?? '');
  const url = config.public_url.identity ?? socket.url;
  const identity = new Identity(config.identity, nb);
  const catalog = makeCatalog({ identity: url, network: networkUrl }, config.region);
  socket.answer(identityApp({ identity, catalog, log, url }));
  return { url, caller: (token, request) => identity.caller(token, request), socket, close: async () => {} };
}

interface Listening {
  readonly url: string;
  answer(app: Fetcher): void;
  close(): Promise<void>;
}

/** Opens a socket. Requests wait until {@link Listening.answer} is called. */
function listen(address: string): Promise<Listening> {
  const { host, port } = splitAddress(address);
  const { promise: ready, resolve: answer } = Promise.withResolvers<Fetcher>();
  const server: ServerType = createAdaptorServer({
    fetch: async (request, bindings) => (await ready).fetch(request, bindings),
    serverOptions: { maxHeaderSize: limits.headerBytes.most },
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new ProgramError('LISTEN_FAILED', `cannot listen on ${address}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, () => {
      const bound = server.address();
      const boundPort = typeof bound === 'object' && bound !== null ? bound.port : 0;
      const shownHost = host.includes(':') ? `[${host}]` : host;
      resolve({ url: `http://${shownHost}:${boundPort}`, answer, close: () => close(server) });
    });
  });
}

/** Closes idle keep-alive connections and waits for running requests. */
function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  });
}
