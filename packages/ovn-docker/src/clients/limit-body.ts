import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** The largest body of a request to the agent, in bytes: 1 MiB. */
const MAX_BYTES = 1024 * 1024;

/**
 * Refuses requests whose body is larger than 1 MiB.
 * @param refuse returns the answer to such a request, or throws
 */
export function limitBody(refuse: (context: Context) => Response): MiddlewareHandler {
  // Counts the bytes as they arrive. For that it makes a stream of each body, which costs more than most
  // calls of dockerd.
  const counted = bodyLimit({ maxSize: MAX_BYTES, onError: refuse });
  return async (context, next) => {
    const length = context.req.header('content-length');
    // Node's HTTP parser ends the body there, and refuses a request that has a Transfer-Encoding, too.
    if (length === undefined) return counted(context, next);
    return Number(length) > MAX_BYTES ? refuse(context) : next();
  };
}
