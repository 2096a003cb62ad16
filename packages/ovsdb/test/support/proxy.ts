import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A proxy between client and server. It counts and can discard the server's bytes, and can drop connections.
 */
export class ServerProxy implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'ovsdb-proxy-'));
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #tcp: boolean;
  /** The number of bytes that the server sent. */
  bytes = 0;
  /** Whether the proxy discards the server's bytes. */
  deaf = false;

  constructor(remote: string, tcp: boolean) {
    this.#tcp = tcp;
    this.#server = createServer((near) => {
      const far = connect(remote.slice('unix:'.length));
      near.on('data', (chunk) => far.write(chunk));
      far.on('data', (chunk) => {
        this.bytes += chunk.length;
        if (!this.deaf) near.write(chunk);
      });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
      }
    });
  }

  get remote(): string {
    if (!this.#tcp) return `unix:${this.#path}`;
    return `tcp:127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get #path(): string {
    return join(this.#directory, 'sock');
  }

  async listen(): Promise<this> {
    const where = this.#tcp ? { port: 0, host: '127.0.0.1' } : { path: this.#path };
    await new Promise<void>((resolve) => this.#server.listen(where, resolve));
    return this;
  }

  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/**
 * Starts a proxy for the server at a `unix:` remote. Clients connect to it by a unix socket, or by TCP on
 * loopback.
 */
export function startProxy(remote: string, { tcp = false } = {}): Promise<ServerProxy> {
  return new ServerProxy(remote, tcp).listen();
}
