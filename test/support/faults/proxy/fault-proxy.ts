import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type ForwardedAnswer, forward, type Service } from './forward.ts';
import { type Fault, Rules } from './rules.ts';

/** A service behind the proxy. */
export interface Front {
  /** The address at which the proxy listens for the service. */
  readonly host: string;
  readonly port: number;
  /** The service's own origin: `http://HOST:PORT`. */
  readonly upstream: string;
  /** For a service with mutual TLS: the proxy takes the place of the service, and of its client. */
  readonly tls?: FrontTls;
}

/** Certificates in PEM, each with its key. */
export interface FrontTls {
  /** What the proxy shows to clients. */
  readonly server: string;
  /** What the proxy shows to the service. */
  readonly client: string;
  /** The authority of the service's certificate. */
  readonly ca: string;
}

/** A call that the proxy received. */
export interface ProxiedCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The rule that hit it. */
  readonly rule?: number;
  /** The status in the client's answer, or `cut`; missing while the call is unanswered. */
  outcome?: number | 'cut';
}

/**
 * A proxy between a client and the services of a cloud. It records every call and applies the faults of its
 * {@link Rules}. In answers, as in Keystone's catalog, it replaces a service's origin by its own, so that the
 * client keeps using the proxy. If a service does not answer, the proxy closes the client's connection.
 */
export class FaultProxy implements AsyncDisposable {
  readonly rules = new Rules();
  /** In the order of arrival. May be emptied to start a new count. */
  readonly calls: ProxiedCall[] = [];
  readonly #servers: { readonly server: Server; readonly upstream: string; readonly scheme: string }[] = [];

  private constructor() {}

  static async listen(fronts: readonly Front[]): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    for (const front of fronts) await proxy.#open(front);
    return proxy;
  }

  /** Origins at which the proxy listens, in the order of the fronts. */
  get origins(): string[] {
    return this.#servers.map(({ server, scheme }) => {
      const { address, port } = server.address() as AddressInfo;
      return `${scheme}://${address}:${port}`;
    });
  }

  /** Stops listening and closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.rules.clear();
    for (const { server } of this.#servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  async #open({ host, port, upstream, tls }: Front): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve({ origin: upstream, tls }, request, response).catch(() => request.socket.destroy());
    };
    const server = tls
      ? createTlsServer({ cert: tls.server, key: tls.server }, answer)
      : createServer(answer);
    server.listen(port, host);
    await once(server, 'listening');
    this.#servers.push({ server, upstream, scheme: tls ? 'https' : 'http' });
  }

  async #serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const body = await buffer(request);
    const hit = this.rules.take(method, path);
    const call: ProxiedCall = { method, path, ...(hit ? { rule: hit.id } : {}) };
    this.calls.push(call);
    const carryOut = () => forward(service, request, body);
    try {
      const answer = await answerOf(hit?.fault, carryOut, () => hit?.released());
      call.outcome = answer?.status ?? 'cut';
      if (answer) this.#send(answer, method, response);
      else request.socket.destroy();
    } catch (error) {
      call.outcome = 'cut';
      throw error;
    }
  }

  #send({ status, headers, body }: ForwardedAnswer, method: string, response: ServerResponse): void {
    let text = body;
    if (headers['content-type']?.toString().startsWith('application/json')) {
      const { origins } = this;
      const rewritten = this.#servers.reduce(
        (json, { upstream }, index) => json.replaceAll(upstream, origins[index] ?? ''),
        body.toString(),
      );
      text = Buffer.from(rewritten);
    }
    const mayHaveBody = method !== 'HEAD' && status !== 204 && status !== 304;
    response.writeHead(status, { ...headers, ...(mayHaveBody ? { 'content-length': text.length } : {}) });
    response.end(mayHaveBody ? text : undefined);
  }
}

/** The answer for the client; undefined to close the connection without one. */
async function answerOf(
  fault: Fault | undefined,
  carryOut: () => Promise<ForwardedAnswer>,
  released: () => Promise<void> | undefined,
): Promise<ForwardedAnswer | undefined> {
  switch (fault?.kind) {
    case undefined:
      return carryOut();
    case 'delay':
      await delay(fault.ms);
      return carryOut();
    case 'hang':
      await released();
      return carryOut();
    case 'cut':
      if (fault.moment === 'after') await carryOut();
      return undefined;
    case 'duplicate': {
      const first = await carryOut();
      const second = await carryOut();
      return fault.answer === 'first' ? first : second;
    }
    case 'answer': {
      const body = Buffer.from(fault.body === undefined ? '' : JSON.stringify(fault.body));
      return {
        status: fault.status,
        headers: { 'content-type': 'application/json', ...fault.headers },
        body,
      };
    }
  }
}
