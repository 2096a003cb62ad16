import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { addressOrPrefix } from './client-address.ts';

/** Limits of the open connections of all listeners. */
export interface ConnectionLimits {
  readonly total: number;
  /** Of one client address; of IPv6 of one /64 prefix. */
  readonly perAddress: number;
  /** Milliseconds from a request's headers to the last byte of its answer. */
  readonly exchangeMs: number;
}

/** An open connection. */
interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** When it was opened or its last answer was sent. */
  waitingSince: number;
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
}

/**
 * The open connections of all listeners. Strangers cannot keep others out by holding connections: an address
 * has a limited number, and if all connections are in use, a new one replaces one of the address that has the
 * most. A connection is replaced only while the service waits for its client, which sends nothing, sends
 * slowly or does not read the answer.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<string, Connection>();
  readonly #counts = new Map<string, number>();
  #isDraining = false;
  /** The number of connections that were closed because of the limits, and of new ones that were refused. */
  readonly lost = { replaced: 0, refused: 0 };

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** The number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Counts the connections of a server, and limits them. */
  watch(server: Server | TlsServer): void {
    server.on('connection', (socket: Socket) => this.#accept(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#begin(request, response),
    );
  }

  /** Closes the connections without a running request now, and the others after their answer. */
  drain(): void {
    this.#isDraining = true;
    for (const [key, { exchange }] of this.#open) {
      if (exchange === undefined) this.#close(key);
      else endAfter(exchange.response);
    }
  }

  #accept(socket: Socket): void {
    const key = keyOf(socket);
    const address = addressOrPrefix(socket.remoteAddress ?? '');
    if (!this.#makeRoom(address)) {
      this.lost.refused += 1;
      socket.destroy();
      return;
    }
    this.#open.set(key, { socket, address, waitingSince: performance.now(), exchange: undefined });
    this.#counts.set(address, this.#countOf(address) + 1);
    socket.once('close', () => this.#forget(key, socket));
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const key = keyOf(request.socket);
    const connection = this.#open.get(key);
    if (connection === undefined) return;
    connection.exchange = { request, response };
    if (this.#isDraining) endAfter(response);
    const late = setTimeout(() => this.#close(key), this.#limits.exchangeMs).unref();
    response.once('close', () => {
      clearTimeout(late);
      // The client has sent another request meanwhile.
      if (connection.exchange?.response !== response) return;
      connection.exchange = undefined;
      connection.waitingSince = performance.now();
      if (this.#isDraining) this.#close(key);
    });
  }

  /** Whether there is room for another connection of an address; replaces a connection if necessary. */
  #makeRoom(address: string): boolean {
    const own = this.#countOf(address);
    const isFull = this.#open.size >= this.#limits.total;
    if (own < this.#limits.perAddress && !isFull) return true;
    const mayReplace =
      own >= this.#limits.perAddress
        ? (other: Connection) => other.address === address
        : (other: Connection) => this.#countOf(other.address) >= own;
    let [victim, most]: [string | undefined, number] = [undefined, 0];
    // Those that wait for the longest time come first among those of one address.
    const waiting = [...this.#open].filter(([, connection]) => isWaiting(connection));
    for (const [key, connection] of waiting.sort(([, a], [, b]) => a.waitingSince - b.waitingSince)) {
      const count = this.#countOf(connection.address);
      if (count > most && mayReplace(connection)) [victim, most] = [key, count];
    }
    if (victim === undefined) return false;
    this.lost.replaced += 1;
    this.#close(victim);
    return true;
  }

  #countOf(address: string): number {
    return this.#counts.get(address) ?? 0;
  }

  #close(key: string): void {
    const connection = this.#open.get(key);
    if (connection === undefined) return;
    this.#forget(key, connection.socket);
    connection.socket.destroy();
  }

  #forget(key: string, socket: Socket): void {
    const connection = this.#open.get(key);
    // A new connection may have the ports of an old one.
    if (connection?.socket !== socket) return;
    this.#open.delete(key);
    const rest = this.#countOf(connection.address) - 1;
    if (rest > 0) this.#counts.set(connection.address, rest);
    else this.#counts.delete(connection.address);
  }
}

/** A TLS socket and the TCP socket below it have the same ports. */
const keyOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;

/** Whether the service waits for the client: for a request, the rest of one, or that it reads the answer. */
const isWaiting = ({ exchange }: Connection): boolean =>
  exchange === undefined || !exchange.request.complete || exchange.response.writableEnded;

/** Has Node close the connection after the answer. */
function endAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
