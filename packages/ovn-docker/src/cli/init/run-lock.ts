import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { FileLock } from '@ovn-docker/netlink';
import { OvnDockerError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';

/** Only root may enter it, so that no other user of the VM can hold the lock. */
const DIRECTORY = '/run/ovn-docker-init';

/** Held while a process changes the machine. The safety net's process is connected to it meanwhile. */
export class RunLock implements Disposable {
  readonly #file: FileLock;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #guarded = Promise.withResolvers<void>();

  private constructor(file: FileLock, server: Server) {
    this.#file = file;
    this.#server = server;
    server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('error', () => undefined).once('close', () => this.#connections.delete(socket));
      this.#guarded.resolve();
    });
  }

  /** @throws OvnDockerError `E_INIT_BUSY` when another process has it */
  static async acquire(machine: Machine): Promise<RunLock> {
    const lock = await RunLock.#tryAcquire(machine);
    if (!lock) throw new OvnDockerError('E_INIT_BUSY', 'another `ovn-docker init` changes this VM');
    return lock;
  }

  /** Acquires the lock as soon as the process that has it ends. */
  static async wait(machine: Machine): Promise<RunLock> {
    for (;;) {
      const lock = await RunLock.#tryAcquire(machine);
      if (lock) return lock;
      await machine.pause();
    }
  }

  static async #tryAcquire(machine: Machine): Promise<RunLock | undefined> {
    mkdirSync(machine.files.locate(DIRECTORY), { recursive: true, mode: 0o700 });
    const file = FileLock.acquire(machine.files.locate(join(DIRECTORY, 'lock')));
    if (!file) return undefined;
    const server = createServer();
    try {
      // A process that was killed leaves its socket.
      rmSync(socketOf(machine), { force: true });
      server.listen(socketOf(machine));
      await once(server, 'listening');
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
    return new RunLock(file, server);
  }

  /** Resolves when the safety net's process watches this one. */
  untilGuarded(): Promise<void> {
    return this.#guarded.promise;
  }

  /** Connects to the process that has the lock; the socket closes when it ends. Undefined: none has it. */
  static async watch(machine: Machine): Promise<Socket | undefined> {
    const socket = connect(socketOf(machine));
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    for (const socket of this.#connections) socket.destroy();
    // Closing removes the socket, so the file lock is the last thing to go.
    this.#server.close();
    this.#file[Symbol.dispose]();
  }
}

const socketOf = (machine: Machine): string => machine.files.locate(join(DIRECTORY, 'socket'));
