import { OpenFlowError, OpenFlowRefusal } from '../errors.ts';
import type { ErrorMessage } from '../wire/error-message.ts';

/** The requests of a connection that wait for an answer, by their xid. */
export class PendingRequests {
  readonly #byXid = new Map<number, PendingRequest>();
  #lastXid = 0;

  /** Returns a new pending request. xids begin with 1, because flow monitors report with xid 0. */
  add(operation: string): PendingRequest {
    do this.#lastXid = (this.#lastXid % 0xffff_fffe) + 1;
    while (this.#byXid.has(this.#lastXid));
    const request = new PendingRequest(operation, this.#lastXid);
    this.#byXid.set(request.xid, request);
    return request;
  }

  get = (xid: number): PendingRequest | undefined => this.#byXid.get(xid);

  remove(request: PendingRequest): void {
    this.#byXid.delete(request.xid);
  }

  /** Fails all of them, because the connection has ended. */
  fail(error: OpenFlowError): void {
    const requests = [...this.#byXid.values()];
    this.#byXid.clear();
    for (const request of requests) request.fail(error);
  }
}

/** A request and the parts of its answer that have arrived. */
export class PendingRequest {
  readonly operation: string;
  readonly xid: number;
  readonly parts: Buffer[] = [];
  /** Bytes of all parts. */
  size = 0;
  /** Why it failed, if it has. */
  failure: OpenFlowError | undefined;
  readonly #outcome = Promise.withResolvers<void>();

  constructor(operation: string, xid: number) {
    this.operation = operation;
    this.xid = xid;
    // A request of a bundle fails long before its caller looks at it.
    this.#outcome.promise.catch(() => undefined);
  }

  /** Resolves when the answer is complete. */
  get answered(): Promise<void> {
    return this.#outcome.promise;
  }

  /** Takes a part of the answer. @throws OpenFlowError `OPENFLOW_TOO_LARGE` */
  receive(part: Buffer, isLast: boolean, maxBytes: number): void {
    this.size += part.length;
    if (this.size > maxBytes)
      throw new OpenFlowError(
        'OPENFLOW_TOO_LARGE',
        `${this.operation}: the answer exceeds ${maxBytes} bytes`,
      );
    this.parts.push(part);
    if (isLast) this.#outcome.resolve();
  }

  refuse({ type, code, name }: ErrorMessage): void {
    this.fail(new OpenFlowRefusal(this.operation, type, code, name));
  }

  fail(error: OpenFlowError): void {
    this.failure = error;
    this.#outcome.reject(error);
  }
}
