import { connect } from '@ovn-docker/ovsdb';
import { networkApp } from './api/network-app.ts';
import type { Config } from './config.ts';
import { ProgramError } from './errors.ts';
import { Front } from './front.ts';
import type { Problem } from './http/health-app.ts';
import { identityApp } from './identity/api/identity-app.ts';
import { makeCatalog } from './identity/catalog.ts';
import { Identity } from './identity/identity.ts';
import { KeystoneTokens } from './identity/keystone/keystone-tokens.ts';
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
  readonly healthUrl: string | undefined;
  /** Reads the files of the certificate again. */
  reload(): Promise<void>;
  /** Waits for running requests, then closes all sockets and the database connection. */
  close(): Promise<void>;
}

/** A cluster elects a new leader within a second or two. Pauses between attempts to find it, in ms. */
const backoff = { minMs: 50, maxMs: 500 };

/**
 * Connects to OVN Northbound and serves. Port 0 selects a free port; the URLs of the returned service contain
 * it.
 *
 * @throws ProgramError NORTHBOUND_UNREACHABLE, CERTIFICATE_UNUSABLE, LISTEN_FAILED
 */
export async function serve(config: Config, log: Log): Promise<Service> {
  const client = await connect({ remotes: config.nb, leaderOnly: true, backoff }).catch((cause: unknown) => {
    throw new ProgramError('NORTHBOUND_UNREACHABLE', `cannot reach OVN Northbound at ${String(config.nb)}`, {
      cause,
    });
  });
  client.on('connected', (remote) => log.info({ msg: 'northbound connected', remote }));
  client.on('disconnected', (reason) => log.warn({ msg: 'northbound disconnected', reason: reason.message }));
  const nb = await Northbound.open(client, [identityRows, ...resources.map(({ rows }) => rows)]);
  nb.quarantine.onRestored = (lost) =>
    log.warn({ msg: 'northbound was restored or recreated: an earlier state is back', lost_rows: lost });
  let identity: IdentityService | undefined;
  const problem = async () => (nb.synchronized ? identity?.problem() : 'OVN Northbound does not answer');
  const front = new Front(config, log, problem);
  const close = async () => {
    await front.close();
    await identity?.close();
    await nb.close();
    await client.close();
  };
  try {
    await front.open();
    // The catalog contains the addresses, which are known only once the sockets listen.
    const networkSocket = await front.listen(config.listen.network, 'network');
    const networkUrl = config.public_url.network ?? networkSocket.url;
    identity = await openIdentity(config, nb, networkUrl, front);
    networkSocket.answer(
      networkApp({
        backend: { nb, settings: config.network },
        resources,
        authenticate: identity.caller,
        recorder: front.recorder,
        identityUrl: identity.url,
      }),
    );
    const { metadata: metadataAddress } = config.listen;
    const metadata =
      metadataAddress === undefined ? undefined : await front.listen(metadataAddress, 'metadata');
    metadata?.answer(metadataApp(nb, config.metadata ?? {}, front.recorder));
    return {
      identityUrl: identity.url,
      networkUrl,
      metadataUrl: metadata?.url,
      healthUrl: front.healthUrl,
      reload: () => front.reload(),
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
  readonly problem: Problem;
  close(): Promise<void>;
}

/** Serves the Identity API, or connects to the configured Keystone. */
async function openIdentity(
  config: Config,
  nb: Northbound,
  networkUrl: string,
  front: Front,
): Promise<IdentityService> {
  const { recorder, rates } = front;
  if (config.identity.kind === 'keystone') {
    const tokens = new KeystoneTokens(config.identity, recorder.log, rates);
    return {
      url: config.public_url.identity ?? config.identity.url,
      caller: (token, request) => tokens.caller(token, request),
      problem: () => tokens.problem(),
      close: () => tokens.close(),
    };
  }
  const socket = await front.listen(config.listen.identity ?? '', 'identity');
  const url = config.public_url.identity ?? socket.url;
  const identity = new Identity(config.identity, nb, rates);
  const catalog = makeCatalog({ identity: url, network: networkUrl }, config.region);
  socket.answer(identityApp({ identity, catalog, recorder, url }));
  return {
    url,
    caller: (token, request) => identity.caller(token, request),
    problem: async () => undefined,
    close: async () => undefined,
  };
}
