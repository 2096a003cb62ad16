import { connect } from '@ovn-docker/ovsdb';
import { networkApp } from './api/network-app.ts';
import type { Config } from './config.ts';
import { KeystoneError, type NeutronError, ProgramError } from './errors.ts';
import { keystoneBody, neutronBody } from './http/answer-errors.ts';
import { Connections } from './http/connections.ts';
import { type Listening, listen } from './http/listen.ts';
import { connectionsWithin } from './http/open-files.ts';
import { identityApp } from './identity/api/identity-app.ts';
import { makeCatalog } from './identity/catalog.ts';
import { Identity } from './identity/identity.ts';
import { KeystoneTokens } from './identity/keystone/keystone-tokens.ts';
import type { Log } from './log.ts';
import { metadataApp } from './metadata/metadata-app.ts';
import { identityRows } from './northbound/identity-rows.ts';
import { Northbound } from './northbound/northbound.ts';
import { resources } from './resources/index.ts';

/** How long an answer may take until the client has read it, in milliseconds: a page at 10 kB per second. */
const EXCHANGE_MS = 120_000;

/** A running service. */
export interface Service {
  readonly identityUrl: string;
  readonly networkUrl: string;
  readonly metadataUrl: string | undefined;
  /** Waits for running requests, then closes all sockets and the database connection. */
  close(): Promise<void>;
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
  const { limits } = config;
  const connections = new Connections({
    total: connectionsWithin(limits.connections),
    perAddress: limits.connections_per_address,
    exchangeMs: EXCHANGE_MS,
  });
  const listenAt = (address: string, form: Form) => listen({ address, connections, form });
  const nb = await Northbound.open(client, [identityRows, ...resources.map(({ rows }) => rows)]);
  let closeIdentity = async (): Promise<void> => undefined;
  const close = async () => {
    await Promise.all(open.map((socket) => socket.close(limits.drain_time * 1000)));
    await closeIdentity();
    await nb.close();
    await client.close();
  };
  nb.quarantine.onRestored = (lost) =>
    log.warn({ msg: 'northbound was restored or recreated: an earlier state is back', lost_rows: lost });
  try {
    // The catalog contains the addresses, which are known only once the sockets listen.
    const networkSocket = await listenAt(config.listen.network, neutronBody);
    open.push(networkSocket);
    const networkUrl = config.public_url.network ?? networkSocket.url;
    const identity = await openIdentity(config, nb, networkUrl, log, listenAt);
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
    const metadata =
      config.listen.metadata === undefined ? undefined : await listenAt(config.listen.metadata, neutronBody);
    if (metadata) {
      open.push(metadata);
      metadata.answer(metadataApp(nb, config.metadata ?? {}, log));
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

/** How an API words the refusal of a request. */
type Form = (error: NeutronError) => object;

/** A refusal of the HTTP server in Keystone's form. */
const asKeystone: Form = ({ status, message }) => keystoneBody(new KeystoneError(status, message));

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
  listenAt: (address: string, form: Form) => Promise<Listening>,
): Promise<IdentityService> {
  if (config.identity.kind === 'keystone') {
    const tokens = new KeystoneTokens(config.identity, log);
    return {
      url: config.public_url.identity ?? config.identity.url,
      caller: (token, request) => tokens.caller(token, request),
      close: () => tokens.close(),
    };
  }
  const socket = await listenAt(config.listen.identity ?? '', asKeystone);
  const url = config.public_url.identity ?? socket.url;
  const identity = new Identity(config.identity, nb);
  const catalog = makeCatalog({ identity: url, network: networkUrl }, config.region);
  socket.answer(identityApp({ identity, catalog, log, url }));
  return { url, caller: (token, request) => identity.caller(token, request), socket, close: async () => {} };
}
