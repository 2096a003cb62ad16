import type { Session } from '@ovn-docker/openstack';
import { RateLimiter } from './access/rate-limiter.ts';
import { brokerApp } from './api/broker-app.ts';
import type { Backend } from './api/call.ts';
import { Authority } from './certificates/authority.ts';
import { Extensions } from './cloud/extensions.ts';
import { NeutronApi } from './cloud/neutron-api.ts';
import { OwnPorts } from './cloud/own-ports.ts';
import { ParentPorts } from './cloud/parent-ports.ts';
import { SecurityGroups, Trunks } from './cloud/project-resources.ts';
import { VisibleNetworks } from './cloud/visible-networks.ts';
import { type Config, publicUrl } from './config.ts';
import { listen } from './listen.ts';
import type { Log } from './log.ts';
import { Invitations } from './records/invitations.ts';

/** A running broker. */
export interface Service {
  readonly url: string;
  readonly caHash: string;
  /** Waits for running requests, and closes all connections. */
  close(): Promise<void>;
}

/** Limits of an address without a valid certificate. */
const STRANGER = { requestsPerSecond: 10, burst: 50, concurrent: 16 } as const;
/** How often the broker reads the file of its credential again, in ms. */
const REREAD_MS = 10_000;

/**
 * Serves VMs with the credential of a session, which it closes at the end. Keystone and Neutron may be away.
 *
 * @throws BrokerError FOLDER_UNUSABLE, LISTEN_FAILED
 */
export async function serve(config: Config, session: Session, log: Log): Promise<Service> {
  const authority = await Authority.open(config.folder);
  const api = new NeutronApi(session);
  const invitations = new Invitations(config.folder);
  const parents = new ParentPorts(api);
  const { requests_per_second: requestsPerSecond, burst, concurrent, connections } = config.limits;
  const app = brokerApp({
    registrar: { authority, invitations, parents, days: config.certificate_days },
    backend: backendOf(api, config),
    vmLimiter: new RateLimiter({ requestsPerSecond, burst, concurrent }),
    strangerLimiter: new RateLimiter(STRANGER),
    url: publicUrl(config),
    log,
  });
  const { names, listen: address } = config;
  const fetch = app.fetch as Parameters<typeof listen>[0]['fetch'];
  const listener = await listen({ authority, names, address, connections, fetch });
  const rereading = setInterval(() => void session.refresh(), REREAD_MS);
  rereading.unref();
  log.info({ port: listener.port, ca: authority.hash, folder: config.folder }, 'the broker serves');
  return {
    url: publicUrl({ ...config, listen: address.replace(/:0$/, `:${listener.port}`) }),
    caHash: authority.hash,
    close: async () => {
      clearInterval(rereading);
      await listener.close();
      await session.close();
    },
  };
}

function backendOf(api: NeutronApi, config: Config): Backend {
  return {
    api,
    ports: new OwnPorts(api),
    networks: new VisibleNetworks(api),
    groups: new SecurityGroups(api),
    trunks: new Trunks(api),
    extensions: new Extensions(api),
    config,
  };
}
