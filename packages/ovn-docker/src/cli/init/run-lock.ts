import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { OvnDockerError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';

/** An abstract socket (unix(7)): the kernel frees the name when the process ends, however it ends. */
const NAME = '\0ovn-docker-init';

/** Held while a process changes the machine. The safety net's process is connected to it meanwhile. */
export class RunLock implements Disposable {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #guarded = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('error', () => undefined).once('close', () => this.#connections.delete(socket));
      this.#guarded.resolve();
    });
  }

  /** @throws OvnDockerError `E_INIT_BUSY` when another process has it */
  static async acquire(): Promise<RunLock> {
    const server = createServer();
    try {
      server.listen(NAME);
      await once(server, 'listening');
    } catch (error) {
      throw new OvnDockerError('E_INIT_BUSY', 'another `ovn-docker init` changes this VM', { cause: error });
    }
    return new RunLock(server);
  }

  /** Acquires the lock as soon as the process that has it ends. */
  static async wait(machine: Machine): Promise<RunLock> {
    for (;;) {
      try {
        return await RunLock.acquire();
      } catch (error) {
        if (!(error instanceof OvnDockerError)) throw error;
        await machine.pause();
      }
    }
  }

  /** Resolves when the safety net's process watches this one. */
  untilGuarded(): Promise<void> {
    return this.#guarded.promise;
  }

  /** Connects to the process that has the lock; the socket closes when it ends. Undefined: none has it. */
  static async watch(): Promise<Socket | undefined> {
    const socket = connect(NAME);
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    for (const socket of this.#connections) socket.destroy();
    this.#server.close();
  }
}
