import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Send } from '../cases/ask.ts';

/** Where the servers are, and the tokens of the users. */
export interface Servers {
  /** Base URLs without a version. */
  readonly network: string;
  readonly identity: string;
  readonly tokens: Readonly<Record<'alice' | 'bob' | 'admin', string>>;
}

/** Within this time each answer arrives, in milliseconds. */
const PATIENCE_MS = 180_000;

/**
 * Returns the function that sends requests to servers, each on a connection of its own, and one that deletes
 * what its POSTs to Neutron created.
 */
export function httpSend({ network, identity, tokens }: Servers): {
  readonly send: Send;
  readonly clean: () => Promise<void>;
} {
  const created: string[] = [];
  const send: Send = async (user, method, path, body, headers) => {
    const url = path.startsWith('/v3/') ? identity + path : `${network}/v2.0/${path}`;
    const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = { 'Content-Type': 'application/json', 'X-Auth-Token': tokens[user], ...headers };
    const { status, text } = await exchange(url, method, content, all);
    const answer: unknown = text.startsWith('{') ? JSON.parse(text) : {};
    if (status === 201 && method === 'POST' && !path.startsWith('/v3/')) {
      for (const item of Object.values(answer as object).flat()) {
        const { id } = item as { readonly id?: string };
        if (id !== undefined) created.push(`${path.replace(/\/$/, '')}/${id}`);
      }
    }
    return { status, body: answer };
  };
  const clean = async () => {
    for (const path of created.splice(0).reverse()) await send('admin', 'DELETE', path, undefined, {});
  };
  return { send, clean };
}

async function exchange(
  url: string,
  method: string,
  content: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const length = content === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(content)) };
  const sent = request(url, {
    method,
    headers: { ...headers, ...length },
    agent: false,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  sent.end(content);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await readText(response) };
  } catch (error) {
    if (!isHangUp(error)) throw error;
    return { status: 500, text: '' };
  }
}

/** Whether a server closed the connection instead of an answer, as uwsgi does when Keystone fails. */
const isHangUp = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ECONNRESET' &&
  error.message === 'socket hang up';
