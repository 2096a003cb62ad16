import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { addressOrPrefix } from './peer-address.ts';

/** Limits of the open connections of one or several TCP servers. */
export interface ConnectionLimits {
  readonly total: number;
  /** Of one client. */
  readonly perClient: number;
  /** Beyond `perClient`: the new connection replaces a waiting one of the client, or is refused. */
  readonly beyondPerClient: 'replace' | 'refuse';
  /** The client that has an address; by default {@link addressOrPrefix}. */
  readonly clientOf?: (remoteAddress: string) => string;
  /** Milliseconds from a request's headers to the last byte of its answer. */
  readonly exchangeMs: number;
}

/** An open connection. */
interface Connection {
  readonly socket: Socket;
  readonly client: string;
  readonly ports: string;
  /** When it was opened or its last answer was sent. */
  waitingSince: number;
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
}

/**
 * The open connections of one or several servers. Strangers cannot keep others out by holding connections: a
 * client has a limited number, and if all connections are in use, a new one replaces one of the client that
 * has the most. A connection is replaced only while the server waits for its client, which sends nothing,
 * sends slowly or does not read the answer.
 *
 * The servers' own timeouts (`headersTimeout`, `requestTimeout`, `keepAliveTimeout`) remain necessary.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * const connections = new Connections({
 *   total: 1000, perClient: 100, beyondPerClient: 'replace', exchangeMs: 120_000,
 * });
 * const server = createServer((_request, response) => response.end('hello'));
 * connections.watch(server);
 * server.listen(8080);
 * ```
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #clientOf: (remoteAddress: string) => string;
  readonly #byPorts = new Map<string, Connection>();
  readonly #byClient = new Map<string, Set<Connection>>();
  #size = 0;
  #isDraining = false;
  /** The number of connections that were closed because of the limits, and of new ones that were refused. */
  readonly lost = { replaced: 0, refused: 0 };

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#clientOf = limits.clientOf ?? addressOrPrefix;
  }

  /** The number of open connections. */
  get size(): number {
    return this.#size;
  }

  /** Counts the connections of a server, and limits them. */
  watch(server: Server | TlsServer): void {
    server.on('connection', (socket: Socket) => this.#accept(socket));
    // Before the handler, which may answer at once.
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#begin(request, response),
    );
  }

  /** Closes the connections without a running request now, and the others after their answer. */
  drain(): void {
    this.#isDraining = true;
    for (const own of this.#byClient.values()) {
      for (const connection of own) {
        if (connection.exchange === undefined) this.#close(connection);
        else endAfter(connection.exchange.response);
      }
    }
  }

  #accept(socket: Socket): void {
    const client = this.#clientOf(socket.remoteAddress ?? '');
    if (!this.#makeRoom(client)) {
      this.lost.refused += 1;
      socket.destroy();
      return;
    }
    const ports = portsOf(socket);
    const connection: Connection = {
      socket,
      client,
      ports,
      waitingSince: performance.now(),
      exchange: undefined,
    };
    this.#byClient.set(client, this.#connectionsOf(client).add(connection));
    this.#byPorts.set(ports, connection);
    this.#size += 1;
    socket.once('close', () => this.#forget(connection));
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#byPorts.get(portsOf(request.socket));
    if (connection === undefined) return;
    connection.exchange = { request, response };
    if (this.#isDraining) endAfter(response);
    const late = setTimeout(() => this.#close(connection), this.#limits.exchangeMs).unref();
    response.once('close', () => {
      clearTimeout(late);
      // The client has sent another request meanwhile.
      if (connection.exchange?.response !== response) return;
      connection.exchange = undefined;
      connection.waitingSince = performance.now();
      if (this.#isDraining) this.#close(connection);
    });
  }

  /** Whether there is room for another connection of a client; replaces a connection if necessary. */
  #makeRoom(client: string): boolean {
    const { total, perClient, beyondPerClient } = this.#limits;
    const own = this.#connectionsOf(client);
    const isBeyond = own.size >= perClient;
    if (!isBeyond && this.#size < total) return true;
    if (isBeyond && beyondPerClient === 'refuse') return false;
    const victim = isBeyond ? longestWaiting([own], 0) : longestWaiting(this.#byClient.values(), own.size);
    if (victim === undefined) return false;
    this.lost.replaced += 1;
    this.#close(victim);
    return true;
  }

  #connectionsOf(client: string): Set<Connection> {
    return this.#byClient.get(client) ?? new Set();
  }

  #close(connection: Connection): void {
    this.#forget(connection);
    connection.socket.destroy();
  }

  #forget(connection: Connection): void {
    const { client, ports } = connection;
    const own = this.#connectionsOf(client);
    if (!own.delete(connection)) return;
    this.#size -= 1;
    if (own.size === 0) this.#byClient.delete(client);
    // A new connection may have the ports of an old one.
    if (this.#byPorts.get(ports) === connection) this.#byPorts.delete(ports);
  }
}

/**
 * Of the clients with the most connections, and at least `fewest`, the connection that waits for the longest
 * time.
 */
function longestWaiting(clients: Iterable<Set<Connection>>, fewest: number): Connection | undefined {
  let longest: Connection | undefined;
  let most = fewest;
  for (const connections of clients) {
    if (connections.size < most) continue;
    for (const connection of connections) {
      if (!isWaiting(connection)) continue;
      const isMore = connections.size > most;
      if (longest && !isMore && connection.waitingSince >= longest.waitingSince) continue;
      longest = connection;
      most = connections.size;
    }
  }
  return longest;
}

/** A TLS socket and the TCP socket below it have the same ports. */
const portsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;

/** Whether the server waits for the client: for a request, the rest of one, or that it reads the answer. */
const isWaiting = ({ exchange }: Connection): boolean =>
  exchange === undefined || !exchange.request.complete || exchange.response.writableEnded;

/** Has Node close the connection after the answer. */
function endAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
