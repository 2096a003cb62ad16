import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { OvsdbConnectionError } from '../errors.ts';
import type { Remote } from './remote.ts';
import { startTimer } from './timer.ts';
import type { TlsOptions } from './tls-options.ts';

/** A stream of bytes to a server. */
export interface Transport {
  /** Sends text. Everything that is written in one turn of the event loop is sent together. */
  write(text: string | Buffer): void;
  /** Stops reading, so that the server waits for a slow reader. */
  pause(): void;
  /** Starts reading again. */
  resume(): void;
  /** Ends the connection; `onClose` follows. */
  close(): void;
}

/** The callbacks of a transport. */
export interface TransportEvents {
  /** Called with received bytes. The transport reuses the buffer after the call returns. */
  onData(chunk: Buffer): void;
  /** Called once, when the connection has ended. */
  onClose(error: Error | undefined): void;
}

/** Options of `openTransport`. */
export interface TransportOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsOptions | undefined;
}

/** The most bytes that one read returns. */
const READ_BYTES = 65_536;

/**
 * Connects to a remote.
 *
 * @throws OvsdbConnectionError when that fails or takes too long; the signal's reason when it aborts
 */
export async function openTransport(
  remote: Remote,
  { timeoutMs, signal, tls }: TransportOptions,
  events: TransportEvents,
): Promise<Transport> {
  signal?.throwIfAborted();
  const failed = (error: unknown) =>
    new OvsdbConnectionError(
      `cannot connect to ${show(remote)}: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  let socket: Socket;
  try {
    socket = remote.kind === 'ssl' ? openTls(remote, tls, events) : openPlain(remote, events);
  } catch (error) {
    // Node throws here when a certificate is not PEM.
    throw failed(error);
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal?.reason);
  const onError = (error: Error) => reject(failed(error));
  const timer = startTimer(
    () => reject(new OvsdbConnectionError(`no answer from ${show(remote)} in ${timeoutMs} ms`)),
    timeoutMs,
  );
  signal?.addEventListener('abort', onAbort);
  socket.on('error', onError);
  socket.once(remote.kind === 'ssl' ? 'secureConnect' : 'connect', () => resolve());
  try {
    await promise;
  } catch (error) {
    // The error listener stays, so that a later error of the socket is not unhandled.
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  socket.off('error', onError);
  return new SocketTransport(socket, events);
}

function openPlain(remote: Remote, events: TransportEvents): Socket {
  // All reads of this socket share one buffer, so that a read allocates nothing.
  const onread = {
    buffer: Buffer.allocUnsafe(READ_BYTES),
    callback(bytes: number, buffer: Uint8Array): boolean {
      events.onData((buffer as Buffer).subarray(0, bytes));
      return true;
    },
  };
  return remote.kind === 'unix'
    ? connectSocket({ path: remote.path, onread })
    : connectSocket({
        host: (remote as { host: string }).host,
        port: (remote as { port: number }).port,
        noDelay: true,
        onread,
      });
}

function openTls(
  remote: Extract<Remote, { kind: 'tcp' | 'ssl' }>,
  tls: TlsOptions | undefined,
  events: TransportEvents,
): TLSSocket {
  const socket = connectTls({
    host: remote.host,
    port: remote.port,
    ...tls,
    // OVSDB deployments have a CA of their own, as in ovsdb(7), and certificates that name a switch, not a
    // host. A public CA signs certificates for any host, so without `ca` the name is checked.
    ...(tls?.ca !== undefined && tls.servername === undefined
      ? { checkServerIdentity: () => undefined }
      : {}),
  });
  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => events.onData(chunk));
  return socket;
}

class SocketTransport implements Transport {
  readonly #socket: Socket;
  #corked = false;

  constructor(socket: Socket, events: TransportEvents) {
    this.#socket = socket;
    let failure: Error | undefined;
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => events.onClose(failure));
  }

  write(text: string | Buffer): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(text);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }
}

function show(remote: Remote): string {
  return remote.kind === 'unix' ? `unix:${remote.path}` : `${remote.kind}:${remote.host}:${remote.port}`;
}
