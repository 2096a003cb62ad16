import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { type ErrorCode, errorTable, OvnDockerError } from '../../errors.ts';
import { readAtMost } from '../read-at-most.ts';
import { keepAlive } from './keep-alive.ts';
import {
  type Greeting,
  LONGEST_TEXT,
  SESSION_MEGABYTES,
  type SocketName,
  STREAMS,
  WINDOW_BYTES,
} from './sockets.ts';

const greeting = z.object({
  streams: z.literal(STREAMS),
  version: z.string().max(100),
  docker: z.object({ driver: z.string().max(255), publish: z.enum(['warn', 'refuse']) }),
});

const refusal = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/** Connections to the sockets of a VM over one pair of pipes: the other side of `serveStreams`. */
export class Streams {
  readonly #session: ClientHttp2Session;
  /** Rejects with the reason when the pipes are closed or broken; never resolves. */
  readonly ended: Promise<never>;

  /** @param pipes the output and the input of the program in the VM */
  constructor(pipes: Duplex) {
    this.#session = connect('http://vm', {
      createConnection: () => pipes,
      maxSessionMemory: SESSION_MEGABYTES,
      settings: { initialWindowSize: WINDOW_BYTES, enablePush: false },
    });
    keepAlive(this.#session);
    this.ended = new Promise((_, reject) => {
      this.#session.once('error', reject);
      this.#session.once('close', () => reject(new Error('the VM closed the connection')));
    });
    this.ended.catch(() => undefined);
  }

  /**
   * Asks the program in the VM for its version and for the VM's settings.
   * @throws OvnDockerError `E_VERSION`
   */
  async greet(): Promise<Greeting> {
    const stream = this.#session.request({ ':path': '/' });
    const read = once(stream, 'response').then(() => readJson(stream));
    const answer = await Promise.race([read, this.ended]);
    const { success, data } = greeting.safeParse(answer);
    if (success) return data;
    const version = z.object({ version: z.string().max(100) }).safeParse(answer).data?.version;
    throw new OvnDockerError(
      'E_VERSION',
      `the ovn-docker in the VM (${version ?? 'of an unknown version'}) does not understand this one`,
    );
  }

  /** Connects with a socket of the VM. @throws OvnDockerError with which the VM refused it */
  async open(name: SocketName): Promise<Duplex> {
    const stream = this.#session.request({ ':method': 'CONNECT', ':authority': name });
    const response = once(stream, 'response') as Promise<[IncomingHttpHeaders & IncomingHttpStatusHeader]>;
    const [headers] = await Promise.race([response, this.ended]);
    if (headers[':status'] === 200) return stream;
    const { data } = refusal.safeParse(await readJson(stream));
    const code = data && data.code in errorTable ? (data.code as ErrorCode) : 'E_INTERNAL';
    throw new OvnDockerError(
      code,
      data?.message ?? `the VM refused a connection with ${headers[':status']}`,
      data === undefined ? {} : { hint: data.hint },
    );
  }

  get isOpen(): boolean {
    return !this.#session.closed && !this.#session.destroyed;
  }

  close(): void {
    this.#session.destroy();
  }
}

async function readJson(stream: Duplex): Promise<unknown> {
  const text = await readAtMost(stream, LONGEST_TEXT);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
