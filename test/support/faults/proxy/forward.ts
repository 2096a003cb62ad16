import { once } from 'node:events';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request,
} from 'node:http';
import { request as requestByTls } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** A service, and how the proxy reaches it. */
export interface Service {
  /** `http://HOST:PORT` or `https://HOST:PORT`. */
  readonly origin: string;
  /** Certificate and key that the proxy shows, and the authority of the service's certificate, in PEM. */
  readonly tls?: { readonly client: string; readonly ca: string } | undefined;
}

/** A service's answer with its whole body. */
export interface ForwardedAnswer {
  readonly status: number;
  /** Without the headers about the connection and the body's length. */
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Headers of one connection (RFC 9110 §7.6.1), and headers that the forwarding client sets itself. */
const hopByHop = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const setByClient = ['host', 'content-length', 'accept-encoding', 'expect'];

/**
 * Forwards a call to the service over a new connection, so that cutting one call does not affect another.
 * @throws Error when the service does not answer
 */
export async function forward(
  { origin, tls }: Service,
  call: IncomingMessage,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const headers = without(call.headers, ...hopByHop, ...setByClient);
  const options: RequestOptions = {
    method: call.method ?? 'GET',
    headers: { ...headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
    agent: false,
  };
  const url = new URL(call.url ?? '/', origin);
  const sent = tls
    ? requestByTls(url, { ...options, cert: tls.client, key: tls.client, ca: tls.ca })
    : request(url, options);
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: answer.statusCode ?? 0,
    headers: without(answer.headers, ...hopByHop, 'content-length'),
    body: await buffer(answer),
  };
}

function without(headers: IncomingHttpHeaders, ...names: string[]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
