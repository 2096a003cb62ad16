import { OvsdbSchemaError } from '../errors.ts';

/** A parsed remote. */
export type Remote =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number };

/**
 * Reads a remote as ovsdb(7) "Connection Methods" writes it: `unix:PATH`, `tcp:HOST[:PORT]` or `ssl:HOST[:PORT]`;
 * an IPv6 address stands in brackets. The port is 6640 when it is missing.
 *
 * @throws OvsdbSchemaError when it is not one
 */
export function parseRemote(text: string): Remote {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (kind === 'unix' && rest) return { kind, path: rest };
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? 6640 : Number(match[3]);
  if ((kind !== 'tcp' && kind !== 'ssl') || !host || port < 1 || port > 65_535) {
    throw new OvsdbSchemaError(`"${text}" is no remote: write unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT`);
  }
  return { kind, host, port };
}
