import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** A recorded exchange with a real Keystone 22 or Neutron 21, one line of a file of test/data/. */
export interface Recording {
  readonly recording: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
}

/** A call that the server received. */
export interface ArrivedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** What the server does instead of replaying. `reset` breaks the connection, `hang` never answers. */
export type Behaviour =
  | 'reset'
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

/** A server that replays recorded exchanges. */
export interface ReplayCloud extends AsyncDisposable {
  readonly url: string;
  /** All received calls, in order. */
  readonly calls: readonly ArrivedCall[];
  /** Number of connections that clients have opened. */
  readonly connections: number;
  /** Largest number of simultaneous calls. */
  readonly busiest: number;
  /** `decide` chooses the behaviour for each call; undefined replays the recording. */
  interpose(decide: (call: ArrivedCall) => Behaviour | Promise<Behaviour> | undefined): void;
  /** Resolves when the server has received `count` calls. */
  arrived(count: number): Promise<void>;
}

/** Values for the placeholders that replace the secrets in the recordings. */
export const placeholders = {
  token: 'replayed-token',
  password: 'correct-password',
  secret: 'correct-secret',
  wrong: 'wrong-credential',
};

/** Returns the recordings of one file of test/data/. */
export function recordings(group: string): Recording[] {
  const file = join(import.meta.dirname, '../data', `${group}.jsonl`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Recording);
}

/** Returns the recording whose name begins with a number. */
export function recordingOf(group: string, number: string): Recording {
  const match = recordings(group).find(({ recording }) => recording.startsWith(`${number}-`));
  if (match === undefined) throw new Error(`test/data/${group}.jsonl has no recording ${number}`);
  return match;
}

/** Serves recordings on 127.0.0.1. A call without a recording gets status 599, which no client accepts. */
export async function startReplayCloud(...groups: readonly string[]): Promise<ReplayCloud> {
  const known = groups.flatMap(recordings);
  const calls: ArrivedCall[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let decide: (call: ArrivedCall) => Behaviour | Promise<Behaviour> | undefined = () => undefined;
  let connections = 0;
  let active = 0;
  let busiest = 0;

  const server = createServer((request, response) => {
    active += 1;
    busiest = Math.max(busiest, active);
    response.on('close', () => {
      active -= 1;
    });
    void serve(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request);
    calls.push(call);
    for (const { count, resolve } of waiting) if (calls.length >= count) resolve();
    const behaviour = (await decide(call)) ?? replay(call);
    if (behaviour === 'hang') return;
    if (behaviour === 'reset') {
      request.socket.destroy();
      return;
    }
    response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers });
    if (behaviour.body === undefined) response.end();
    else response.end(typeof behaviour.body === 'string' ? behaviour.body : JSON.stringify(behaviour.body));
  }

  function replay(call: ArrivedCall): Exclude<Behaviour, string> {
    const recording = known.map(fill).find(({ request }) => matches(request, call));
    return (
      recording?.response ?? { status: 599, body: { message: `not recorded: ${call.method} ${call.url}` } }
    );
  }

  function fill(recording: Recording): Recording {
    let text = JSON.stringify(recording).replaceAll('{{cloud}}', url);
    for (const [name, value] of Object.entries(placeholders)) text = text.replaceAll(`{{${name}}}`, value);
    return JSON.parse(text) as Recording;
  }

  return {
    url,
    calls,
    get connections() {
      return connections;
    },
    get busiest() {
      return busiest;
    },
    interpose(next) {
      decide = next;
    },
    arrived(count) {
      if (calls.length >= count) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      return promise;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readCall(request: IncomingMessage): Promise<ArrivedCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
}

function matches(recorded: Recording['request'], call: ArrivedCall): boolean {
  if (recorded.method !== call.method || recorded.url !== call.url) return false;
  if (recorded.headers?.['if-match'] !== call.headers['if-match']) return false;
  return isDeepStrictEqual(recorded.body, call.body);
}
