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
  /** Whether the request changes the database: if it fails before the reply, its outcome is unknown. */
  readonly changesState?: boolean;
  /** Whether the reply "canceled" means that nothing took effect; see `OvsdbClient.transact`. */
  readonly canceledIsUndone?: () => boolean;
  /**
   * Called with the parts of the reply as they arrive, so that a long reply is never buffered; `receive` is
   * then called with undefined.
   */
  readonly onPart?: (part: MessagePart) => void;
  /**
   * Called with the result. The session handles no later message until it returns or its promise is settled.
   */
  readonly receive?: (result: unknown) => R | Promise<R>;
}

/**
 * Called with the parameters of a notification. Later messages wait for the promise. Objects may be in
 * segments; see `segmentsOf`.
 */
export type NotificationHandler = (params: readonly unknown[]) => void | Promise<void>;
