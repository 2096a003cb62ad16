import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/** Refuses bodies of more than so many bytes before they are read. */
export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: (context) => {
      // What is left of the body is not read, so the connection can not be used again.
      context.header('Connection', 'close');
      const message = 'The body of your request was too large for this server.\n\n';
      return context.json(
        { message, code: '413 Request Entity Too Large', title: 'Request Entity Too Large' },
        413,
      );
    },
  });
}
