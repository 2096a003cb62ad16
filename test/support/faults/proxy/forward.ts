import { once } from 'node:events';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as send,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

/** An answer with its whole body. */
export interface ForwardedAnswer {
  readonly status: number;
  /** Without those that are about the connection or the body's length. */
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** Headers of one connection (RFC 9110 §7.6.1), and those that the next one sets by itself. */
const hopByHop = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const ownOfTheNext = ['host', 'content-length', 'accept-encoding', 'expect'];

/**
 * Sends a call on, each by a connection of its own, so that a cut of one says nothing of another.
 * @throws Error when the service does not answer
 */
export async function forward(
  origin: string,
  request: IncomingMessage,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const headers = without(request.headers, ...hopByHop, ...ownOfTheNext);
  const sent = send(new URL(request.url ?? '/', origin), {
    method: request.method ?? 'GET',
    headers: { ...headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
    agent: false,
  });
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
