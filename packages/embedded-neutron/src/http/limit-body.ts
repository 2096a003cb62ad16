import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Answers 413 to a body of more than `maxSize` bytes, without reading all of it. */
export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: (context) => {
      // The rest of the body stays unread, so the connection cannot be reused.
      context.header('Connection', 'close');
      const message = 'The body of your request was too large for this server.\n\n';
      return context.json(
        { message, code: '413 Request Entity Too Large', title: 'Request Entity Too Large' },
        413,
      );
    },
  });
}
