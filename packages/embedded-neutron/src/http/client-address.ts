import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';

/**
 * The address of the caller. Of an IPv6 address the /64 prefix, because one host may use all addresses in it.
 * An IPv4 address that the socket shows as IPv6 is shown as IPv4.
 */
export function clientAddress(context: Context): string {
  const bindings = context.env as Partial<HttpBindings> | undefined;
  return addressOrPrefix(bindings?.incoming?.socket.remoteAddress ?? 'unknown');
}

/** The address, or of IPv6 its first four groups: see {@link clientAddress}. */
export function addressOrPrefix(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill('0')].slice(0, 4).join(':');
}
