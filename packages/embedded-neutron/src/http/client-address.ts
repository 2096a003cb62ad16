import type { HttpBindings } from '@hono/node-server';
import { addressOrPrefix } from '@ovn-docker/http-server';
import type { Context } from 'hono';

/** The address of the caller, as {@link addressOrPrefix} shows it. */
export function clientAddress(context: Context): string {
  const bindings = context.env as Partial<HttpBindings> | undefined;
  return addressOrPrefix(bindings?.incoming?.socket.remoteAddress ?? 'unknown');
}
