import { connect, type Socket } from 'node:net';

/** The part of a message that the benchmarks read. */
export interface Message {
  readonly id?: unknown;
}

/**
 * The reference for the client: a bare socket that speaks JSON-RPC with as little work as possible. It counts
 * braces to find the end of a message, then parses the whole message. A brace in a string would break it; the
 * benchmarks' data contains none.
 */
export class JsonSocket implements AsyncDisposable {
  readonly #socket: Socket;
  #listener: (message: Message, text: string) => void = () => undefined;
  #rest = '';
  #requests = 0;

  private constructor(socket: Socket) {
    this.#socket = socket.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
  }

  /** Connects to a `unix:` remote. */
  static open(remote: string): Promise<JsonSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(remote.slice('unix:'.length), () => resolve(new JsonSocket(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request. Its id is the number of requests so far, from 1. */
  send(method: string, params: readonly unknown[]): void {
    this.#socket.write(JSON.stringify({ method, params, id: ++this.#requests }));
  }

  /** Resolves with the first later message that `matches`. */
  until(matches: (message: Message, text: string) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      this.#listener = (message, text) => {
        if (matches(message, text)) resolve(message);
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    const text = this.#rest + chunk;
    let depth = 0;
    let begin = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x7b) depth++;
      else if (code === 0x7d && --depth === 0) {
        const message = text.slice(begin, at + 1);
        this.#listener(JSON.parse(message), message);
        begin = at + 1;
      }
    }
    this.#rest = text.slice(begin);
  }
}
