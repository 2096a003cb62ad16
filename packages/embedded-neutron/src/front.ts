import { Connections, connectionsWithin, type TlsFiles } from '@ovn-docker/http-server';
import type { Config } from './config.ts';
import { KeystoneError, type NeutronError } from './errors.ts';
import { keystoneBody, neutronBody } from './http/answer-errors.ts';
import { openCertificate } from './http/certificate.ts';
import { healthApp, type Problem, withHealth } from './http/health-app.ts';
import { type Application, type Listening, listen } from './http/listen.ts';
import { Metrics } from './http/metrics.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import type { Recorder } from './http/record-requests.ts';
import type { Log } from './log.ts';

/** How long an answer may take until the client has read it, in milliseconds: a page at 10 kB per second. */
const EXCHANGE_MS = 120_000;
/** Files that are not connections of clients: the database, listeners, the event loop, certificates. */
const RESERVED_FILES = 40;

/** The APIs, which word the refusal of a request differently. */
const forms = {
  network: neutronBody,
  metadata: neutronBody,
  identity: ({ status, message }: NeutronError) => keystoneBody(new KeystoneError(status, message)),
} as const;

/** What stands between the APIs and their clients: listeners, limits, certificate, health and records. */
export class Front {
  readonly recorder: Recorder;
  /** What each token may send; undefined for any number of requests. */
  readonly rates: RateLimiter | undefined;
  readonly #config: Config;
  readonly #log: Log;
  readonly #problem: Problem;
  readonly #connections: Connections;
  readonly #metrics: Metrics | undefined;
  readonly #listening: Listening[] = [];
  #certificate: TlsFiles | undefined;
  #health: Listening | undefined;
  #isStopping = false;

  /** @param problem why requests cannot be carried out now */
  constructor(config: Config, log: Log, problem: Problem) {
    const { limits } = config;
    this.#config = config;
    this.#log = log;
    this.#problem = async () => (this.#isStopping ? 'the service stops' : problem());
    this.#connections = new Connections({
      total: connectionsWithin(limits.connections, RESERVED_FILES),
      perClient: limits.connections_per_address,
      beyondPerClient: 'replace',
      exchangeMs: EXCHANGE_MS,
    });
    this.rates =
      limits.requests_per_second === 0
        ? undefined
        : new RateLimiter({ perSecond: limits.requests_per_second, burst: limits.burst });
    this.#metrics =
      config.listen.health === undefined
        ? undefined
        : new Metrics(this.#connections, async () => (await this.#problem()) === undefined);
    const answered =
      this.#metrics && ((request: Parameters<Metrics['answered']>[0]) => this.#metrics?.answered(request));
    this.recorder = { log, accessLog: config.access_log, answered };
  }

  /** Reads the certificate, and shows the health. @throws ProgramError CERTIFICATE_UNUSABLE, LISTEN_FAILED */
  async open(): Promise<void> {
    const { tls, listen: addresses } = this.#config;
    if (tls) this.#certificate = await openCertificate(tls, this.#log);
    const metrics = this.#metrics;
    if (addresses.health === undefined || metrics === undefined) return;
    // Connections of its own: strangers must not keep the operator's monitoring out.
    const connections = new Connections({
      total: 64,
      perClient: 64,
      beyondPerClient: 'replace',
      exchangeMs: EXCHANGE_MS,
    });
    this.#health = await listen({ address: addresses.health, connections, form: neutronBody });
    this.#health.answer(healthApp({ problem: this.#problem, metrics: () => metrics.read() }));
  }

  /** Where the operator's monitoring finds health and metrics. */
  get healthUrl(): string | undefined {
    return this.#health?.url;
  }

  /** Opens the listener of an API. VMs ask for metadata without TLS. @throws ProgramError LISTEN_FAILED */
  async listen(address: string, api: keyof typeof forms): Promise<Listening> {
    const certificate = api === 'metadata' ? undefined : this.#certificate;
    const listening = await listen({
      address,
      connections: this.#connections,
      form: forms[api],
      certificate,
    });
    this.#listening.push(listening);
    return {
      ...listening,
      answer: (app: Application) =>
        listening.answer(api === 'metadata' ? app : withHealth(app, this.#problem)),
    };
  }

  /** Reads the files of the certificate again. */
  async reload(): Promise<void> {
    await this.#certificate?.reload();
  }

  /** Lets running requests end, and closes the listeners. The health is shown until then. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#certificate?.[Symbol.dispose]();
    const graceMs = this.#config.limits.drain_time * 1000;
    await Promise.all(this.#listening.map((each) => each.close(graceMs)));
    await this.#health?.close(0);
  }
}
