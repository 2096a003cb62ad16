import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A client of an HTTP server that listens on a Unix socket: dockerd, the agent, the tests' own proxy. */
export class UnixHttp {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /**
   * Sends a request with its body as JSON. Returns the answer's JSON, or undefined when the answer is empty.
   * @throws Error when the status is not 2xx, with the answer's text
   */
  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const sent = request({ socketPath: this.#socketPath, method, path, agent: false });
    if (body !== undefined) sent.setHeader('content-type', 'application/json');
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const words = await text(answer);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${words}`);
    return words === '' ? undefined : JSON.parse(words);
  }

  get(path: string): Promise<unknown> {
    return this.call('GET', path);
  }
}
