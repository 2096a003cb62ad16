import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { neutronError } from '../errors.ts';

/**
 * Refuses a body of more than `maxSize` bytes, without reading all of it.
 *
 * @throws NeutronError RequestBodyTooLarge
 */
export function limitBody(maxSize: number): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: (context) => {
      // The rest of the body stays unread, so the connection cannot be reused.
      context.header('Connection', 'close');
      throw neutronError('RequestBodyTooLarge', maxSize);
    },
  });
}
