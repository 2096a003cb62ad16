import { connect, type Socket } from 'node:net';

/** What of a message the benchmarks look at. */
export interface Message {
  readonly id?: unknown;
}

/**
 * A bare socket that speaks JSON-RPC with the least work: each message is found by counting brackets and parsed whole.
 * It is a reference, no client: it takes no braces inside strings, which the benchmarks' data has not.
 */
export class JsonSocket implements AsyncDisposable {
  readonly #socket: Socket;
  #listener: (message: Message, text: string) => void = () => undefined;
  #rest = '';
  #requests = 0;

  private constructor(socket: Socket) {
    this.#socket = socket.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
  }

  static open(remote: string): Promise<JsonSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect(remote.slice('unix:'.length), () => resolve(new JsonSocket(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request; ids count from 1. */
  send(method: string, params: readonly unknown[]): void {
    this.#socket.write(JSON.stringify({ method, params, id: ++this.#requests }));
  }

  /** Resolves with the first message from now on that is wanted. */
  until(wanted: (message: Message, text: string) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      this.#listener = (message, text) => {
        if (wanted(message, text)) resolve(message);
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
        const one = text.slice(begin, at + 1);
        this.#listener(JSON.parse(one), one);
        begin = at + 1;
      }
    }
    this.#rest = text.slice(begin);
  }
}
