import type { Socket } from 'node:net';
import { ZERO_UUID } from '../schema/uuid.ts';
import { Framer } from '../wire/framer.ts';
import { type RpcMessage, readMessage } from '../wire/json-rpc.ts';
import { assemble, type MessagePart } from '../wire/message-parts.ts';
import type { MemoryChange } from './draft.ts';
import { Failure } from './failure.ts';
import type { MemoryDatabase } from './memory-database.ts';
import type { MemoryMonitor } from './memory-monitor.ts';

/** Returns the result of a request; undefined when the reply follows later. @throws Failure */
export type RequestHandler = (
  session: MemorySession,
  method: string,
  params: readonly unknown[],
  id: unknown,
) => unknown;

/** The connection of one client to a memory server. */
export class MemorySession {
  readonly monitors = new Map<string, MemoryMonitor>();
  readonly #socket: Socket;

  constructor(
    socket: Socket,
    onRequest: RequestHandler,
    onCancel: (session: MemorySession, id: unknown) => void,
  ) {
    this.#socket = socket;
    let parts: MessagePart[] = [];
    const framer = new Framer({ maxMessageBytes: 64 * 1024 * 1024 }, (part) => {
      parts.push(part);
      if (!part.last) return;
      const message = readMessage(assemble(parts));
      parts = [];
      this.#handle(message, onRequest, onCancel);
    });
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      try {
        framer.push(chunk);
      } catch {
        // Drop a client that does not speak the protocol, as ovsdb-server does.
        socket.destroy();
      }
    });
  }

  notify(method: string, params: readonly unknown[]): void {
    this.#write({ id: null, method, params });
  }

  reply(id: unknown, result: unknown): void {
    this.#write({ id, result, error: null });
  }

  refuse(id: unknown, error: unknown): void {
    this.#write({ id, result: null, error });
  }

  /** Sends the changes of a transaction to the client's monitors. */
  sendChanges(database: MemoryDatabase, changes: readonly MemoryChange[]): void {
    for (const [key, monitor] of this.monitors) {
      const updates = monitor.database === database ? monitor.update(changes) : undefined;
      if (updates) this.sendUpdates(JSON.parse(key), monitor, updates);
    }
  }

  sendUpdates(id: unknown, { version }: MemoryMonitor, updates: unknown): void {
    this.notify(
      version === 1 ? 'update' : `update${version}`,
      version === 3 ? [id, ZERO_UUID, updates] : [id, updates],
    );
  }

  drop(): void {
    this.#socket.destroy();
  }

  #handle(
    message: RpcMessage,
    onRequest: RequestHandler,
    onCancel: (session: MemorySession, id: unknown) => void,
  ): void {
    if (message.kind === 'notification') {
      if (message.method === 'cancel') onCancel(this, message.params[0]);
      return;
    }
    if (message.kind === 'reply') return;
    try {
      const result = onRequest(this, message.method, message.params, message.id);
      if (result !== undefined) this.reply(message.id, result);
    } catch (error) {
      // An unexpected error must reach this client as a reply and not stop the server for the others.
      const failure = error instanceof Failure ? error : new Failure('internal error', String(error));
      this.refuse(message.id, failure);
    }
  }

  #write(message: unknown): void {
    if (this.#socket.writable) this.#socket.write(JSON.stringify(message));
  }
}
