import type { MiddlewareHandler } from 'hono';

/**
 * Adds a warning to the answers of reads while they may be out of date (RFC 7234 section 5.5.2): the service
 * answers from its copy of the database, and has no connection to it.
 */
export function warnWhenStale(isFresh: () => boolean): MiddlewareHandler {
  return async (context, next) => {
    await next();
    if (isFresh() || (context.req.method !== 'GET' && context.req.method !== 'HEAD')) return;
    context.res.headers.set('Warning', '111 - "Revalidation Failed"');
  };
}
