import { createServer, type RequestListener, STATUS_CODES } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { splitAddress } from '@ovn-docker/config-file';
import { type Connections, closeGently, openPort, type TlsFiles } from '@ovn-docker/http-server';
import { type NeutronError, neutronError, ProgramError } from '../errors.ts';
import { limits } from '../limits.ts';

/** How long clients may take, in milliseconds. */
export interface Patience {
  /** For the headers of a request, from the opening of a connection or their first byte. */
  readonly headersTimeout: number;
  /** For a whole request. */
  readonly requestTimeout: number;
  /** Between two requests. */
  readonly keepAliveTimeout: number;
  /** How often the first two are checked. */
  readonly connectionsCheckingInterval: number;
}

export const PATIENCE: Patience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 1_000,
};

type Fetch = Parameters<typeof getRequestListener>[0];

/** The application that answers the requests of a listener. */
export interface Application {
  readonly fetch: Fetch;
}

/** What a listener needs. */
interface Options {
  /** `host:port`; port 0 selects a free port. */
  readonly address: string;
  readonly connections: Connections;
  /** The body of an answer to a request that is no valid HTTP, or too slow. */
  readonly form: (error: NeutronError) => object;
  readonly patience?: Patience | undefined;
  /** Serves https. */
  readonly certificate?: TlsFiles | undefined;
}

/** An open socket that serves one API. */
export interface Listening {
  readonly url: string;
  /** Begins to answer. Requests wait until then. */
  answer(app: Application): void;
  /** Stops accepting connections. Resolves when the running requests are answered, or after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Opens a socket. @throws ProgramError LISTEN_FAILED */
export async function listen({
  address,
  connections,
  form,
  patience = PATIENCE,
  certificate,
}: Options): Promise<Listening> {
  const { host, port } = splitAddress(address);
  const { promise: ready, resolve: answer } = Promise.withResolvers<Application>();
  const handler = getRequestListener(async (request, bindings) => (await ready).fetch(request, bindings));
  const options = { ...patience, maxHeaderSize: limits.headerBytes.most };
  const server = certificate ? tlsServer(certificate, options, handler) : createServer(options, handler);
  connections.watch(server);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error, socket, form));
  const boundPort = await openPort(server, host, port).catch((cause: Error) => {
    throw new ProgramError('LISTEN_FAILED', `cannot listen on ${address}: ${cause.message}`, { cause });
  });
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${certificate ? 'https' : 'http'}://${shownHost}:${boundPort}`,
    answer,
    close: (graceMs) => closeGently(server, connections, graceMs),
  };
}

/** Answers a request that Node refuses, and closes the connection. */
function refuse({ code }: NodeJS.ErrnoException, socket: Duplex, form: Options['form']): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = refusalOf(code);
  const body = JSON.stringify(form(error));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalOf(code: string | undefined): NeutronError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return neutronError('RequestTimeout');
  if (code !== 'HPE_HEADER_OVERFLOW') return neutronError('HTTPBadRequest', 'The request is not valid HTTP.');
  return neutronError(
    'RequestHeadersTooLarge',
    `more than ${limits.headerBytes.most} bytes of URL and headers`,
  );
}

function tlsServer(
  certificate: TlsFiles,
  options: Patience & { readonly maxHeaderSize: number },
  handler: RequestListener,
): TlsServer {
  const server = createTlsServer(
    { ...options, ...certificate.contents, handshakeTimeout: options.headersTimeout, minVersion: 'TLSv1.2' },
    handler,
  );
  certificate.follow((contents) => server.setSecureContext({ ...contents, minVersion: 'TLSv1.2' }));
  return server;
}
