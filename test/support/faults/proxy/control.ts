import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { FaultProxy } from './fault-proxy.ts';
import type { Rule } from './rules.ts';

/**
 * Lets a test control a proxy in another network namespace, with JSON over a Unix socket:
 * `POST /rules`, `GET /rules/ID`, `POST /rules/ID/release`, `DELETE /rules`, `GET /calls`, `DELETE /calls`.
 */
export async function serveControl(proxy: FaultProxy, socketPath: string): Promise<void> {
  await rm(socketPath, { force: true });
  const server = createServer(async (request, response) => {
    try {
      const answer = await control(proxy, request);
      response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
  server.listen(socketPath);
  await once(server, 'listening');
}

/** Carries out a request of the test. Returns undefined for an unknown path or rule. */
async function control(proxy: FaultProxy, request: IncomingMessage): Promise<unknown> {
  const [, collection, id, verb] = (request.url ?? '').split('/');
  switch ([request.method, collection, id === undefined ? '' : 'ID', verb].join(' ').trim()) {
    case 'POST rules':
      return { id: proxy.rules.add((await json(request)) as Rule) };
    case 'GET rules ID':
      return proxy.rules.state(Number(id));
    case 'POST rules ID release':
      proxy.rules.release(Number(id));
      return {};
    case 'DELETE rules':
      proxy.rules.clear();
      return {};
    case 'GET calls':
      return proxy.calls;
    case 'DELETE calls':
      proxy.calls.length = 0;
      return {};
    default:
      return undefined;
  }
}
