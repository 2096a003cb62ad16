import type { MessagePart } from '../wire/message-parts.ts';
import type { TlsOptions } from './tls-options.ts';

/** Options of `Session.open`. */
export interface SessionOptions {
  readonly connectTimeoutMs: number;
  readonly probeIntervalMs: number;
  readonly maxMessageBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsOptions | undefined;
}

/** Options of one request. */
export interface RequestOptions<R> {
  readonly signal?: AbortSignal | undefined;
  /** A failure in the middle of it leaves unknown whether it took effect. */
  readonly changesState?: boolean;
  /** Whether a server that answers "canceled" has surely done nothing; see `OvsdbClient.transact`. */
  readonly canceledIsUndone?: () => boolean;
  /** Takes the parts of the reply as they come, so that a long one is never held whole; `receive` then gets undefined. */
  readonly onPart?: (part: MessagePart) => void;
  /** Takes the result before any later message is looked at, even when it takes several turns of the event loop. */
  readonly receive?: (result: unknown) => R | Promise<R>;
}

/** Takes the parameters of a notification; later messages wait for the promise. Objects may be in segments (see `segmentsOf`). */
export type NotificationHandler = (params: readonly unknown[]) => void | Promise<void>;
