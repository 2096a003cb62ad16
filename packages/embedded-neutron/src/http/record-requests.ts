import { randomUUID } from 'node:crypto';
import { TokenBuckets } from '@ovn-docker/http-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { Log } from '../log.ts';
import { clientAddress } from './client-address.ts';
import type { Answered } from './metrics.ts';

/** Where the requests of all APIs are recorded. */
export interface Recorder {
  readonly log: Log;
  /** Whether each request is a line of the log. */
  readonly accessLog: boolean;
  readonly answered?: ((request: Answered) => void) | undefined;
}

/** Who sent a request, as the API learns it from the token. */
interface Sender {
  readonly userId: string;
  readonly projectId?: string | undefined;
}

const senders = new WeakMap<Request, Sender>();

/** Has the line of the log name who sent the request. */
export function noteSender(context: Context, sender: Sender): void {
  senders.set(context.req.raw, sender);
}

/** Longest path in a line, in characters. */
const LONGEST_PATH = 300;
/** Lines about requests of an address that show no valid token: a stranger must not fill the disk. */
const STRANGERS = { perSecond: 10, burst: 100 };

/** Lines of an address that were left out since its last line. */
class Strangers {
  readonly #lines = new TokenBuckets(STRANGERS);
  readonly #unlogged = new Map<string, number>();

  /** The number of lines that were left out; undefined if this one is, too. */
  admit(address: string): number | undefined {
    const unlogged = this.#unlogged.get(address) ?? 0;
    if (this.#lines.take(address) === 0) {
      this.#unlogged.delete(address);
      return unlogged;
    }
    if (this.#unlogged.size < MOST || unlogged > 0) this.#unlogged.set(address, unlogged + 1);
    return undefined;
  }
}

const MOST = 10_000;

/**
 * Adds a request id to each answer, as OpenStack does, and records the request: one line of the log, with
 * neither query nor token, and metrics.
 */
export function recordRequests(api: string, { log, accessLog, answered }: Recorder): MiddlewareHandler {
  const strangers = new Strangers();
  return async (context, next) => {
    const id = `req-${randomUUID()}`;
    const started = performance.now();
    await next();
    context.res.headers.set('X-Openstack-Request-Id', id);
    const milliseconds = performance.now() - started;
    const { method, path } = context.req;
    const { status } = context.res;
    answered?.({ api, method, status, seconds: milliseconds / 1000 });
    if (!accessLog) return;
    const sender = senders.get(context.req.raw);
    const address = clientAddress(context);
    const unlogged = sender ? 0 : strangers.admit(address);
    if (unlogged === undefined) return;
    log.info({
      msg: 'request',
      api,
      request_id: id,
      client_request_id: clientRequestId(context),
      address,
      user_id: sender?.userId,
      project_id: sender?.projectId,
      method: method.slice(0, 16),
      path: path.slice(0, LONGEST_PATH),
      status,
      ms: Math.round(milliseconds * 10) / 10,
      ...(unlogged > 0 && { unlogged }),
    });
  };
}

/** The request id of a client that is an OpenStack service or the agent, for finding its request. */
function clientRequestId(context: Context): string | undefined {
  const id = context.req.header('X-Openstack-Request-Id');
  return id !== undefined && /^req-[0-9a-f-]{36}$/.test(id) ? id : undefined;
}
