import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { OvsdbConnectionError } from '../errors.ts';
import type { Remote } from './remote.ts';
import { startTimer } from './timer.ts';
import type { TlsOptions } from './tls-options.ts';

/** A stream of bytes to a server. */
export interface Transport {
  /** Sends text. What is sent within one turn of the event loop goes out together. */
  write(text: string): void;
  /** Stops and starts reading, so that a slow reader makes the server wait. */
  pause(): void;
  resume(): void;
  /** Ends the connection; `onClose` follows. */
  close(): void;
}

/** What a transport tells its owner. */
export interface TransportEvents {
  /** Bytes have come. The buffer is used again after the call returns. */
  onData(chunk: Buffer): void;
  /** The connection has ended, once. */
  onClose(error: Error | undefined): void;
}

/** Options of `openTransport`. */
export interface TransportOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsOptions | undefined;
}

/** As much as one read takes. */
const READ_BYTES = 65_536;

/**
 * Connects to a remote.
 *
 * @throws OvsdbConnectionError when that fails or takes too long; the signal's reason when it is aborted
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
    // Node throws at once when a certificate is not PEM.
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
    // Its listener stays: an error after this one must not go unhandled.
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
  // One buffer for all reads of this socket: nothing is allocated per read.
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
    // OVSDB servers are identified by a CA of their own, as in ovsdb(7): their certificates name a switch, not a host.
    // A public CA vouches for anyone: then the name must be that of the host.
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

  write(text: string): void {
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
