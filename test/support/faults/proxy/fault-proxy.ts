import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type ForwardedAnswer, forward } from './forward.ts';
import { type Fault, Rules } from './rules.ts';

/** One service behind the proxy. */
export interface Front {
  /** Where the proxy listens for it. */
  readonly host: string;
  readonly port: number;
  /** Where the service is: `http://HOST:PORT`. */
  readonly upstream: string;
}

/** A call that came, in the order of arrival. */
export interface ProxiedCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The rule that hit it. */
  readonly rule?: number;
  /** The status that the client was given, or `cut`; missing while it is under way. */
  outcome?: number | 'cut';
}

/**
 * Stands between a client and the services of a cloud, counts every call and does to some of them what {@link Rules} say.
 * What answers name of a service's own origin (Keystone's catalog) is rewritten, so that a client that came by the proxy
 * once stays on it. A service that does not answer looks like a cut connection.
 */
export class FaultProxy implements AsyncDisposable {
  readonly rules = new Rules();
  /** May be emptied to begin a new count. */
  readonly calls: ProxiedCall[] = [];
  readonly #servers: { readonly server: Server; readonly upstream: string }[] = [];

  private constructor() {}

  static async listen(fronts: readonly Front[]): Promise<FaultProxy> {
    const proxy = new FaultProxy();
    for (const front of fronts) await proxy.#open(front);
    return proxy;
  }

  /** Origins of the fronts, in their order. */
  get origins(): string[] {
    return this.#servers.map(({ server }) => {
      const { address, port } = server.address() as AddressInfo;
      return `http://${address}:${port}`;
    });
  }

  /** Cuts everything that is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.rules.clear();
    for (const { server } of this.#servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  async #open({ host, port, upstream }: Front): Promise<void> {
    const server = createServer((request, response) => {
      this.#serve(upstream, request, response).catch(() => request.socket.destroy());
    });
    server.listen(port, host);
    await once(server, 'listening');
    this.#servers.push({ server, upstream });
  }

  async #serve(upstream: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const body = await buffer(request);
    const hit = this.rules.take(method, path);
    const call: ProxiedCall = { method, path, ...(hit ? { rule: hit.id } : {}) };
    this.calls.push(call);
    const carryOut = () => forward(upstream, request, body);
    try {
      const answer = await answerOf(hit?.fault, carryOut, () => hit?.released());
      call.outcome = answer?.status ?? 'cut';
      if (answer) this.#give(answer, method, response);
      else request.socket.destroy();
    } catch (error) {
      call.outcome = 'cut';
      throw error;
    }
  }

  #give({ status, headers, body }: ForwardedAnswer, method: string, response: ServerResponse): void {
    let text = body;
    if (headers['content-type']?.toString().startsWith('application/json')) {
      const { origins } = this;
      const rewritten = this.#servers.reduce(
        (words, { upstream }, index) => words.replaceAll(upstream, origins[index] ?? ''),
        body.toString(),
      );
      text = Buffer.from(rewritten);
    }
    const mayHaveBody = method !== 'HEAD' && status !== 204 && status !== 304;
    response.writeHead(status, { ...headers, ...(mayHaveBody ? { 'content-length': text.length } : {}) });
    response.end(mayHaveBody ? text : undefined);
  }
}

/** What the client is to be told; undefined for nothing at all. */
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
