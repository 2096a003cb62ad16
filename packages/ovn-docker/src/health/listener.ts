import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { Connections, openPort, type TlsFiles } from '@ovn-docker/http-server';
import type { Hono } from 'hono';
import type { ServeConfig } from '../config/serve-config.ts';
import type { Log } from '../observe/log.ts';
import { openTlsFiles } from './tls-files.ts';

/** Times in milliseconds; tests shorten them. */
export interface ListenerTimes {
  /** Pause before the agent tries to listen again. */
  readonly retryMs: number;
  /** How often the agent reads the files of the certificates again. */
  readonly rereadMs: number;
  /** How long one request may take from its headers to the last byte of its answer. */
  readonly requestMs: number;
}

const TIMES: ListenerTimes = { retryMs: 2000, rereadMs: 5000, requestMs: 15_000 };

/** Limits of what readers can take from the agent. */
const CONNECTIONS = { total: 64, perClient: 64, beyondPerClient: 'refuse' } as const;
const MAX_REQUESTS_PER_CONNECTION = 1000;
const OPTIONS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1000,
};

/**
 * Serves the agent's health on the management address until disposed of. The address, the certificates and
 * the port may be missing or taken for any time: the agent tries again, and works without the listener. It
 * reads the files of the certificates again when they change, and then closes all connections.
 */
export class HealthListener implements AsyncDisposable {
  readonly #config: ServeConfig;
  readonly #routes: Hono;
  readonly #log: Log;
  readonly #times: ListenerTimes;
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #problem = '';

  constructor(config: ServeConfig, routes: Hono, log: Log, times: ListenerTimes = TIMES) {
    this.#config = config;
    this.#routes = routes;
    this.#log = log;
    this.#times = times;
    this.#ended = this.#keepListening();
  }

  async #keepListening(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#listen(signal);
      } catch (error) {
        this.#report(error);
      }
      await delay(this.#times.retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Listens until `signal` aborts or the server fails. */
  async #listen(signal: AbortSignal): Promise<void> {
    const { host, port } = this.#config.address;
    using files = await openTlsFiles(this.#config, this.#times.rereadMs, (problem) => this.#warn(problem));
    const server = files ? this.#tlsServer(files) : createServer(OPTIONS, this.#handler());
    server.maxRequestsPerSocket = MAX_REQUESTS_PER_CONNECTION;
    new Connections({ ...CONNECTIONS, exchangeMs: this.#times.requestMs }).watch(server);
    const bound = await openPort(server, host, port);
    this.#problem = '';
    this.#log.info(
      { address: host, port: bound, tls: files !== undefined },
      'shows the health of containers',
    );
    try {
      const [error] = await once(server, 'error', { signal });
      throw error;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  #tlsServer(files: TlsFiles): TlsServer {
    const { contents } = files;
    const isMutual = contents.ca !== undefined;
    const options = { ...OPTIONS, ...contents, requestCert: isMutual, rejectUnauthorized: isMutual };
    const server = createTlsServer({ ...options, handshakeTimeout: OPTIONS.headersTimeout }, this.#handler());
    files.follow((next) => {
      server.setSecureContext(next);
      // Clients whose certificates the new CA does not accept must not keep their connections.
      server.closeAllConnections();
      this.#log.info('uses new certificates for the health of containers');
    });
    return server;
  }

  #handler(): (request: IncomingMessage, response: ServerResponse) => void {
    const answer = getRequestListener((request) => this.#routes.fetch(request));
    return (request, response) => {
      const refusal = refusalOf(request);
      if (refusal === undefined) {
        // A Host that is no host name would make the request's URL invalid.
        request.headers.host = 'localhost';
        void answer(request, response);
      } else response.writeHead(refusal, { connection: 'close' }).end();
    };
  }

  /** Logs each problem of listening once, until it is gone. */
  #report(error: unknown): void {
    const { message } = error as Error;
    if (this.#closing.signal.aborted || message === this.#problem) return;
    this.#problem = message;
    this.#warn(error);
  }

  #warn(error: unknown): void {
    const words = 'cannot show the health of containers on the address in `serve`; trying again';
    this.#log.warn({ ...this.#config.address, err: error }, words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#ended;
  }
}

/** The status of the answer to a request that could change something or has a body. */
function refusalOf({ method, headers }: IncomingMessage): number | undefined {
  if (method !== 'GET' && method !== 'HEAD') return 405;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    ? 413
    : undefined;
}
