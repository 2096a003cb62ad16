import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request instead of Neutron's answer. */
export type Fault =
  /** The connection breaks after Neutron has carried out the request. */
  | 'lost answer'
  /** The connection breaks before Neutron gets the request. */
  | 'reset'
  /** No answer comes. */
  | 'silence'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string };

/** A proxy in front of Neutron that fails when a test says so. */
export interface FaultyNeutron extends AsyncDisposable {
  readonly url: string;
  /** Method and path of each request that arrived. */
  readonly arrived: string[];
  /** Decides about the requests from now on. */
  fault: (method: string, path: string) => Fault | undefined;
}

/** @param target Neutron's URL */
export async function startFaultyNeutron(target: string): Promise<FaultyNeutron> {
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming;
    proxy.arrived.push(`${method} ${url}`);
    const fault = proxy.fault(method, url);
    if (fault === 'silence') return;
    if (fault === 'reset') {
      incoming.socket.destroy();
      return;
    }
    if (typeof fault === 'object') {
      outgoing
        .writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
        .end(fault.body);
      return;
    }
    const passed = request(target + url, {
      method,
      headers: { ...incoming.headers, host: new URL(target).host },
    });
    passed.on('response', (answer: IncomingMessage) => {
      if (fault === 'lost answer') {
        answer.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => incoming.socket.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyNeutron = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived: [],
    fault: () => undefined,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return proxy;
}
