import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Log } from '../log.ts';

/**
 * Adds a request id to each answer, as OpenStack does, and logs one line per request. Paths contain no
 * secrets.
 */
export function requestId(log: Log): MiddlewareHandler {
  return async (context, next) => {
    const id = `req-${randomUUID()}`;
    const started = performance.now();
    await next();
    context.res.headers.set('X-Openstack-Request-Id', id);
    log.info({
      msg: 'request',
      requestId: id,
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      ms: Math.round((performance.now() - started) * 10) / 10,
    });
  };
}
