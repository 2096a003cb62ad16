import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { splitAddress } from '@ovn-docker/config-file';
import { connect } from '@ovn-docker/ovsdb';
import { networkApp } from './api/network-app.ts';
import type { Config } from './config.ts';
import { ProgramError } from './errors.ts';
import { identityApp } from './identity/api/identity-app.ts';
import { makeCatalog } from './identity/catalog.ts';
import { Identity } from './identity/identity.ts';
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
  try {
    // The catalog contains the addresses, which are known only once the sockets listen.
    const [identitySocket, networkSocket] = [
      await listen(config.listen.identity),
      await listen(config.listen.network),
    ];
    open.push(identitySocket, networkSocket);
    const identityUrl = config.public_url.identity ?? identitySocket.url;
    const networkUrl = config.public_url.network ?? networkSocket.url;
    const identity = new Identity(config.identity, nb);
    const catalog = makeCatalog({ identity: identityUrl, network: networkUrl }, config.region);
    const backend = { nb, settings: config.network };
    identitySocket.answer(identityApp({ identity, catalog, log, url: identityUrl }));
    networkSocket.answer(
      networkApp({
        backend,
        resources,
        authenticate: (token, request) => identity.caller(token, request),
        log,
        identityUrl,
      }),
    );
    const metadata = config.listen.metadata === undefined ? undefined : await listen(config.listen.metadata);
    if (metadata) {
      open.push(metadata);
      metadata.answer(metadataApp(nb, config.metadata ?? {}, log) as unknown as Fetcher);
    }
    return {
      identityUrl,
      networkUrl,
      metadataUrl: metadata?.url,
      close: async () => {
        await Promise.all(open.map((socket) => socket.close()));
        await nb.close();
        await client.close();
      },
    };
  } catch (error) {
    await Promise.all(open.map((socket) => socket.close()));
    await nb.close();
    await client.close();
    throw error;
  }
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
