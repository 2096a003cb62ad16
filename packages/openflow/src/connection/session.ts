import type { Socket } from 'node:net';
import { invalid, malformed, OpenFlowError } from '../errors.ts';
import { BundleControl, encodeBundleAdd, encodeBundleControl } from '../flow/bundle.ts';
import type { FlowChange, FlowFilter, FlowStats } from '../flow/flow.ts';
import { encodeFlowMod } from '../flow/flow-mod.ts';
import { encodeMonitorRequest, type FlowUpdate, readFlowUpdates } from '../flow/flow-monitor.ts';
import { encodeFlowStatsRequest, readFlowStats } from '../flow/flow-stats.ts';
import { u16, zeros } from '../wire/bytes.ts';
import { HELLO_FAILED, readErrorMessage } from '../wire/error-message.ts';
import { Framer } from '../wire/framer.ts';
import { helloBody, speaksOurVersion } from '../wire/hello.ts';
import { encodeMessage, type Message, MessageType, VERSION } from '../wire/message.ts';
import { Reader } from '../wire/reader.ts';
import type { OpenFlow, WatchFilter } from './openflow.ts';
import { type PendingRequest, PendingRequests } from './pending.ts';

/** ofp_multipart_type */
const FLOW = 1;
const FLOW_MONITOR = 16;

/** OFPMPF_REPLY_MORE */
const MORE = 1;

interface Limits {
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
}

/** One connection over a socket that is connected, or connecting. */
export class Session implements OpenFlow {
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #framer = new Framer();
  readonly #pending = new PendingRequests();
  readonly #closed = Promise.withResolvers<OpenFlowError | undefined>();
  readonly #greeted: PendingRequest;
  #lastBundle = 0;
  #watch: ((updates: readonly FlowUpdate[]) => void) | undefined;
  /** Why the connection ended; set once. */
  #end: { readonly reason: OpenFlowError | undefined } | undefined;

  constructor(socket: Socket, path: string, limits: Limits) {
    this.#socket = socket;
    this.#limits = limits;
    this.#greeted = this.#pending.add(`connect to ${path}`);
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('error', (cause) => this.#finish(connectionError(path, socket, cause)));
    socket.on('close', () =>
      this.#finish(new OpenFlowError('OPENFLOW_CLOSED', `${path}: the switch closed the connection`)),
    );
    this.#send(encodeMessage(MessageType.hello, this.#greeted.xid, helloBody));
  }

  /** Resolves when the switch has agreed to OpenFlow 1.4. */
  greet(): Promise<void> {
    return this.#inTime(this.#greeted);
  }

  get closed(): Promise<OpenFlowError | undefined> {
    return this.#closed.promise;
  }

  async flows(filter: FlowFilter = {}): Promise<FlowStats[]> {
    const parts = await this.#multipart('read flows', FLOW, encodeFlowStatsRequest(filter));
    return parts.flatMap((part) => readFlowStats(new Reader(part)));
  }

  async change(changes: readonly FlowChange[]): Promise<void> {
    if (changes.length === 0) return;
    const mods = changes.map(encodeFlowMod);
    this.#assertOpen();
    this.#lastBundle = (this.#lastBundle % 0xffff_fffe) + 1;
    const bundle = this.#lastBundle;
    const open = this.#pending.add('open a bundle');
    const adds = mods.map(() => this.#pending.add('change flows'));
    try {
      this.#sendControl(bundle, open, BundleControl.open);
      this.#send(
        Buffer.concat(mods.map((mod, index) => encodeBundleAdd(bundle, adds[index]?.xid ?? 0, mod))),
      );
      await this.#barrier();
      // The switch answers to an added message only when it refuses it, and would commit the others without
      // it.
      const refusal = [open, ...adds].find(({ failure }) => failure !== undefined)?.failure;
      await this.#control(bundle, refusal === undefined ? BundleControl.commit : BundleControl.discard);
      if (refusal !== undefined) throw refusal;
    } finally {
      for (const request of [open, ...adds]) this.#pending.remove(request);
    }
  }

  async watch(filter: WatchFilter, listener: (updates: readonly FlowUpdate[]) => void): Promise<void> {
    if (this.#watch !== undefined) throw invalid('a connection can have one watch');
    this.#watch = listener;
    await this.#multipart('watch flows', FLOW_MONITOR, encodeMonitorRequest(1, filter));
  }

  async close(): Promise<void> {
    this.#finish(undefined);
    await this.#closed.promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #control(bundle: number, type: number): Promise<void> {
    const request = this.#pending.add('change flows');
    this.#sendControl(bundle, request, type);
    await this.#inTime(request);
  }

  #sendControl(bundle: number, { xid }: PendingRequest, type: number): void {
    this.#send(encodeMessage(MessageType.bundleControl, xid, encodeBundleControl(bundle, type)));
  }

  /** Resolves when the switch has worked off everything that was sent before (OpenFlow 1.4 §7.3.8). */
  async #barrier(): Promise<void> {
    const request = this.#pending.add('change flows');
    this.#send(encodeMessage(MessageType.barrierRequest, request.xid));
    await this.#inTime(request);
  }

  async #multipart(operation: string, type: number, body: Buffer): Promise<readonly Buffer[]> {
    this.#assertOpen();
    const request = this.#pending.add(operation);
    this.#send(encodeMessage(MessageType.multipartRequest, request.xid, u16(type), u16(0), zeros(4), body));
    await this.#inTime(request);
    return request.parts;
  }

  /** Waits for an answer; ends the connection when none comes in time (`OPENFLOW_TIMEOUT`). */
  async #inTime(request: PendingRequest): Promise<void> {
    const { timeoutMs } = this.#limits;
    const timer = setTimeout(() => {
      const what = `${request.operation}: no answer within ${timeoutMs} ms`;
      this.#finish(new OpenFlowError('OPENFLOW_TIMEOUT', what));
    }, timeoutMs);
    try {
      await request.answered;
    } finally {
      clearTimeout(timer);
      this.#pending.remove(request);
    }
  }

  #assertOpen(): void {
    if (this.#end === undefined) return;
    throw this.#end.reason ?? new OpenFlowError('OPENFLOW_CLOSED', 'the connection was closed before');
  }

  #send(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  #onData(chunk: Buffer): void {
    try {
      for (const message of this.#framer.push(chunk)) {
        if (this.#end !== undefined) return;
        this.#onMessage(message);
      }
    } catch (error) {
      if (!(error instanceof OpenFlowError)) throw error;
      this.#finish(error);
    }
  }

  #onMessage(message: Message): void {
    const { version, type, xid, body } = message;
    if (type === MessageType.hello) {
      if (speaksOurVersion(message)) this.#greeted.receive(body, true, this.#limits.maxReplyBytes);
      else this.#finish(versionError());
      return;
    }
    if (type === MessageType.error) {
      const error = readErrorMessage(body);
      if (error.type === HELLO_FAILED) this.#finish(versionError());
      else this.#pending.get(xid)?.refuse(error);
      return;
    }
    if (version !== VERSION)
      throw malformed(`a message of version ${version} after the agreement on ${VERSION}`);
    if (type === MessageType.echoRequest) this.#send(encodeMessage(MessageType.echoReply, xid, body));
    if (type === MessageType.multipartReply) this.#onMultipart(xid, new Reader(body));
    if (type === MessageType.bundleControl || type === MessageType.barrierReply)
      this.#pending.get(xid)?.receive(body, true, this.#limits.maxReplyBytes);
  }

  #onMultipart(xid: number, reader: Reader): void {
    const type = reader.u16();
    const flags = reader.u16();
    reader.skip(4);
    const request = this.#pending.get(xid);
    if (request !== undefined)
      request.receive(reader.rest(), (flags & MORE) === 0, this.#limits.maxReplyBytes);
    else if (type === FLOW_MONITOR) this.#watch?.(readFlowUpdates(reader));
  }

  #finish(reason: OpenFlowError | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#socket.destroy();
    this.#pending.fail(
      reason ?? new OpenFlowError('OPENFLOW_CLOSED', 'the connection was closed by this client'),
    );
    this.#closed.resolve(reason);
  }
}

const versionError = (): OpenFlowError =>
  new OpenFlowError('OPENFLOW_VERSION', 'the switch does not speak OpenFlow 1.4 on this bridge');

function connectionError(path: string, { connecting, bytesRead }: Socket, cause: Error): OpenFlowError {
  const code = connecting || bytesRead === 0 ? 'OPENFLOW_UNREACHABLE' : 'OPENFLOW_CLOSED';
  return new OpenFlowError(code, `${path}: ${cause.message}`, { cause });
}
