import { OvsdbSchemaError } from '../errors.ts';

/** A parsed remote. */
export type Remote =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number };

/**
 * Reads a remote of ovsdb(7) "Connection Methods": `unix:PATH`, `tcp:HOST[:PORT]` or `ssl:HOST[:PORT]`, with
 * an IPv6 address in brackets. The default port is 6640.
 *
 * @throws OvsdbSchemaError when the text is not a remote
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
    throw new OvsdbSchemaError(`"${text}" is not a remote: write unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT`);
  }
  return { kind, host, port };
}
