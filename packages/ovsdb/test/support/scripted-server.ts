import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZERO_UUID } from '../../src/index.ts';
import { Framer } from '../../src/wire/framer.ts';
import { assemble, type MessagePart } from '../../src/wire/message-parts.ts';
import { testSchema } from './test-schema.ts';

/** A message as the client sent it. */
interface Message {
  readonly method?: string;
  readonly params: readonly unknown[];
  readonly id: unknown;
  readonly result?: unknown;
}

/**
 * Answers one method. Returns a result, an `Error` whose message is the error's name, or undefined for no
 * reply yet.
 */
export type Answer = (params: readonly unknown[], connection: ScriptedConnection, id: unknown) => unknown;

/** One connection of a client to a scripted server. */
export class ScriptedConnection {
  /** The messages that the client has sent. */
  readonly messages: Message[] = [];
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  send(message: object): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (this.#socket.writable) this.#socket.write(text);
  }

  notify(method: string, ...params: unknown[]): void {
    this.send({ id: null, method, params });
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** The parameters of all requests with this method. */
  requests(method: string): (readonly unknown[])[] {
    return this.messages.filter((message) => message.method === method).map(({ params }) => params);
  }
}

const HANDSHAKE: Readonly<Record<string, Answer>> = {
  set_db_change_aware: () => ({}),
  monitor_cond: () => ({
    Database: { [ZERO_UUID]: { initial: { name: 'Test', model: 'standalone', connected: true } } },
  }),
  get_schema: () => testSchema,
  monitor_cond_since: () => [false, ZERO_UUID, {}],
  monitor_cond_change: () => ({}),
  monitor_cancel: () => ({}),
  echo: (params) => params,
  transact: ([, ...operations]) => operations.map(() => ({ uuid: ['uuid', ZERO_UUID] })),
  lock: () => ({ locked: true }),
  unlock: () => ({}),
  list_dbs: () => ['Test'],
};

/**
 * Starts a server that sends what the test scripts: replies that a real server sends at moments that a test
 * cannot choose, or never.
 *
 * @param answers replace the replies of a server with an empty database `Test`
 */
export async function startScriptedServer(answers: Readonly<Record<string, Answer>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'ovsdb-script-'));
  const connections: ScriptedConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = new ScriptedConnection(socket);
    connections.push(connection);
    sockets.add(socket);
    let parts: MessagePart[] = [];
    const framer = new Framer({ maxMessageBytes: 1 << 24 }, (part) => {
      parts.push(part);
      if (!part.last) return;
      const message = assemble(parts) as Message;
      parts = [];
      connection.messages.push(message);
      if (message.method === undefined || message.id === null) return;
      const { method, params, id } = message;
      const answer = (answers[method] ?? HANDSHAKE[method])?.(params, connection, id);
      if (answer instanceof Error)
        connection.send({ id, result: null, error: { error: answer.message, details: 'as scripted' } });
      else if (answer !== undefined) connection.send({ id, result: answer, error: null });
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => framer.push(chunk));
  });
  const path = join(directory, 'sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    remote: `unix:${path}`,
    connections,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
