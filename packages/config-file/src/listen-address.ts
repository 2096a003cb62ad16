import { z } from 'zod';

/** Where a server listens: a host name or an address, and a port, such as `10.0.0.5:9696` or `[::1]:9696`. */
export const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, 'expected host:port')
  .refine((text) => splitAddress(text).port <= 65_535, 'a port is at most 65535');

/** The host, without brackets, and the port of a {@link listenAddress}. */
export function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port: Number(address.slice(colon + 1)) };
}
