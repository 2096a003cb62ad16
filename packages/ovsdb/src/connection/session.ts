import {
  OvsdbConnectionError,
  OvsdbMessageTooLargeError,
  OvsdbOutcomeUnknownError,
  OvsdbProtocolError,
} from '../errors.ts';
import { encodeRequest } from '../wire/encode-request.ts';
import { Framer } from '../wire/framer.ts';
import { type RpcMessage, readError, readMessage } from '../wire/json-rpc.ts';
import { assemble, assembleSegmented, type MessagePart } from '../wire/message-parts.ts';
import { EventList } from './event-list.ts';
import { InactivityProbe } from './inactivity-probe.ts';
import { type PendingRequest, protocolFault, refusalOf } from './pending-request.ts';
import type { Remote } from './remote.ts';
import type { NotificationHandler, RequestOptions, SessionOptions } from './session-options.ts';
import { runInSlices } from './slices.ts';
import { openTransport, type Transport } from './transport.ts';
import { TurnBudget } from './turn-budget.ts';

/**
 * One connection to one server: requests and their replies, notifications, echo and the inactivity probe. The
 * session handles messages strictly in the order of their arrival.
 */
export class Session {
  readonly remote: string;
  readonly #ended = new EventList<[Error]>();
  readonly #pending = new Map<number, PendingRequest>();
  readonly #handlers = new Map<string, Set<NotificationHandler>>();
  readonly #queue: MessagePart[] = [];
  /** The parts of a message that has not arrived whole. */
  #parts: MessagePart[] = [];
  #partsBytes = 0;
  /** The request whose reply is arriving in parts. */
  #streaming: PendingRequest | undefined;
  readonly #framer: Framer;
  readonly #maxMessageBytes: number;
  readonly #probe: InactivityProbe;
  readonly #budget: TurnBudget;
  #transport: Transport | undefined;
  #nextId = 0;
  /** Resolves when a long request has been converted to text; undefined while there is none. */
  #encoding: Promise<void> | undefined;
  #busy = false;
  #failure: Error | undefined;

  private constructor(remote: string, options: SessionOptions) {
    this.remote = remote;
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#framer = new Framer(options, (part) => this.#queue.push(part));
    this.#probe = new InactivityProbe(options.probeIntervalMs, {
      listening: () => !this.#busy,
      probe: () => void this.request('echo', ['probe']).catch(() => undefined),
      giveUp: () => this.close(new OvsdbConnectionError(`${remote} does not answer`)),
    });
    this.#budget = new TurnBudget(
      () => this.#transport?.pause(),
      () => {
        if (!this.#busy) this.#transport?.resume();
      },
    );
  }

  /** Connects. @throws OvsdbConnectionError */
  static async open(name: string, remote: Remote, options: SessionOptions): Promise<Session> {
    const session = new Session(name, options);
    session.#transport = await openTransport(
      remote,
      { timeoutMs: options.connectTimeoutMs, signal: options.signal, tls: options.tls },
      {
        onData: (chunk) => session.#onData(chunk),
        onClose: (error) => session.#onClose(error),
      },
    );
    session.#probe.start();
    return session;
  }

  /** Why the session has ended; undefined while it is up. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Sends a request and returns its result. A long one is converted to text in slices, between which others
   * get turns of the event loop.
   *
   * @throws OvsdbSchemaError or OvsdbMessageTooLargeError before anything is sent, when the server could not
   *   read the parameters; OvsdbRequestError when the server refuses it, OvsdbConnectionError or
   *   OvsdbOutcomeUnknownError when the session ends first
   */
  request<R = unknown>(
    method: string,
    params: readonly unknown[],
    options: RequestOptions<R> = {},
  ): Promise<R> {
    // Requests are sent in the order of the calls. Only the probe does not wait.
    if (this.#encoding !== undefined && method !== 'echo')
      return this.#encoding.then(() => this.request(method, params, options));
    const id = this.#nextId++;
    try {
      this.#requireUp(options.signal);
      const encoding = encodeRequest(method, params, { id, maxBytes: this.#maxMessageBytes });
      const pieces = runInSlices(encoding, options.signal);
      if (!(pieces instanceof Promise)) return this.#sendRequest(method, id, pieces, options);
      this.#encoding = pieces.then(
        () => this.#endEncoding(),
        () => this.#endEncoding(),
      );
      return pieces.then((encoded) => {
        this.#requireUp(options.signal);
        return this.#sendRequest(method, id, encoded, options);
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #endEncoding(): void {
    this.#encoding = undefined;
  }

  /** @throws OvsdbConnectionError when the session has ended; the signal's reason when it has aborted */
  #requireUp(signal: AbortSignal | undefined): void {
    if (this.#failure)
      throw new OvsdbConnectionError(`not connected: ${this.#failure.message}`, this.#failure);
    signal?.throwIfAborted();
  }

  #sendRequest<R>(
    method: string,
    id: number,
    pieces: readonly Buffer[],
    options: RequestOptions<R>,
  ): Promise<R> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const onAbort = () => {
      // A transaction waits for the server's reply, which shows its outcome. Other replies are no longer
      // needed.
      if (options.changesState) this.#send({ method: 'cancel', params: [id], id: null });
      else reject(options.signal?.reason);
    };
    options.signal?.addEventListener('abort', onAbort);
    const afterCleanup =
      <A>(finish: (value: A) => void) =>
      (value: A) => {
        options.signal?.removeEventListener('abort', onAbort);
        finish(value);
      };
    this.#pending.set(id, {
      method,
      options,
      resolve: afterCleanup(resolve),
      reject: afterCleanup(reject),
    });
    for (const piece of pieces) this.#transport?.write(piece);
    return promise as Promise<R>;
  }

  /** Handles the notifications of a method. Returns the function that removes the handler. */
  on(method: string, handler: NotificationHandler): () => void {
    const handlers = this.#handlers.get(method) ?? new Set();
    this.#handlers.set(method, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /** Listens for the end of the session, which must be up. Returns the function that removes the listener. */
  onEnd(listener: (reason: Error) => void): () => void {
    return this.#ended.add(listener);
  }

  /** Ends the session. Requests in progress reject. */
  close(reason: Error): void {
    this.#fail(reason);
    this.#transport?.close();
  }

  #send(
    message:
      | { method: string; params: readonly unknown[]; id: unknown }
      | { id: unknown; result: unknown; error: unknown },
  ): void {
    if (!this.#failure) this.#transport?.write(JSON.stringify(message));
  }

  #onData(chunk: Buffer): void {
    if (this.#failure) return;
    this.#probe.heard();
    this.#budget.begin();
    try {
      this.#framer.push(chunk);
    } catch (error) {
      this.close(error as Error);
      return;
    }
    this.#drain();
    this.#budget.check();
  }

  #onClose(error: Error | undefined): void {
    this.#fail(
      new OvsdbConnectionError(
        `the connection to ${this.remote} ended${error ? `: ${error.message}` : ''}`,
        error,
      ),
    );
  }

  #fail(reason: Error): void {
    if (this.#failure) return;
    this.#failure = reason;
    this.#probe.stop();
    for (const { method, options, reject } of this.#pending.values()) {
      const text = `the connection ended before the reply to ${method}: ${reason.message}`;
      reject(
        options.changesState
          ? new OvsdbOutcomeUnknownError(text, reason)
          : new OvsdbConnectionError(text, reason),
      );
    }
    this.#pending.clear();
    this.#ended.emit(reason);
  }

  /** Handles the queued parts in order. When a handler needs more time, the rest waits for it. */
  #drain(): void {
    while (!this.#busy && !this.#failure) {
      const part = this.#queue.shift();
      if (!part) return;
      let work: Promise<void> | undefined;
      try {
        work = this.#handle(part);
      } catch (error) {
        this.close(protocolFault(error));
        return;
      }
      if (work !== undefined) this.#waitFor(work);
    }
  }

  #waitFor(work: Promise<void>): void {
    this.#busy = true;
    this.#transport?.pause();
    work
      .catch((error: unknown) => this.close(protocolFault(error)))
      .finally(() => {
        this.#busy = false;
        this.#probe.heard();
        this.#drain();
        if (!this.#busy) this.#transport?.resume();
      });
  }

  #handle(part: MessagePart): Promise<void> | undefined {
    this.#streaming ??= this.#streamFor(part);
    if (this.#streaming) return this.#stream(this.#streaming, part);
    this.#parts.push(part);
    this.#partsBytes += part.bytes;
    if (this.#partsBytes > this.#maxMessageBytes) throw new OvsdbMessageTooLargeError(this.#maxMessageBytes);
    if (!part.last) return undefined;
    const parts = this.#parts;
    this.#parts = [];
    this.#partsBytes = 0;
    // Handlers of notifications accept segments.
    const notification = parts.length > 1 && idOf(parts[0]) === undefined && idOf(part) === undefined;
    return this.#handleMessage(readMessage(notification ? assembleSegmented(parts) : assemble(parts)));
  }

  /** The request whose reply begins with this part, if it has `onPart`. ovsdb-server writes the id first. */
  #streamFor(part: MessagePart): PendingRequest | undefined {
    if (this.#parts.length > 0) return undefined;
    const id = idOf(part);
    const request = id === undefined ? undefined : this.#pending.get(id);
    if (!request?.options.onPart || readError((part.value as { error?: unknown }).error)) return undefined;
    return request;
  }

  #stream(request: PendingRequest, part: MessagePart): Promise<void> | undefined {
    request.options.onPart?.(part);
    if (!part.last) return undefined;
    this.#streaming = undefined;
    for (const [id, pending] of this.#pending) if (pending === request) this.#pending.delete(id);
    return this.#receive(request, undefined);
  }

  #handleMessage(message: RpcMessage): Promise<void> | undefined {
    if (message.kind === 'notification') return this.#notify(message.method, message.params);
    if (message.kind === 'request') {
      // RFC 7047 §4.1.11: either side may request an echo. A server sends no other request.
      if (message.method === 'echo') this.#send({ id: message.id, result: message.params, error: null });
      else this.#send({ id: message.id, result: null, error: { error: 'unknown method' } });
      return undefined;
    }
    const request = this.#pending.get(message.id as number);
    if (!request)
      throw new OvsdbProtocolError(
        `a reply to a request that was not made (id ${JSON.stringify(message.id)})`,
      );
    this.#pending.delete(message.id as number);
    if (message.error) {
      request.reject(refusalOf(request, message.error));
      return undefined;
    }
    request.options.onPart?.({ spine: [], value: { result: message.result }, bytes: 0, last: true });
    return this.#receive(request, request.options.onPart ? undefined : message.result);
  }

  #receive({ options, resolve, reject }: PendingRequest, result: unknown): Promise<void> | undefined {
    if (!options.receive) {
      resolve(result);
      return undefined;
    }
    try {
      const received = options.receive(result);
      if (received instanceof Promise) return received.then(resolve, reject);
      resolve(received);
    } catch (error) {
      reject(protocolFault(error));
    }
    return undefined;
  }

  #notify(method: string, params: readonly unknown[]): Promise<void> | undefined {
    const slow: Promise<void>[] = [];
    for (const handler of this.#handlers.get(method) ?? []) {
      const work = handler(params);
      if (work !== undefined) slow.push(work);
    }
    return slow.length > 0 ? Promise.all(slow).then(() => undefined) : undefined;
  }
}

/** The message id, if this part contains it. */
function idOf(part: MessagePart | undefined): number | undefined {
  const id = (part?.value as { id?: unknown } | undefined)?.id;
  return typeof id === 'number' ? id : undefined;
}
