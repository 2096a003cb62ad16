import { OvsdbProtocolError } from '../errors.ts';

/** An error as a server reports it (RFC 7047 §3.1 `<error>`). */
export interface WireError {
  readonly error: string;
  readonly details?: string | undefined;
}

/** A JSON-RPC 1.0 message (RFC 7047 §4). */
export type RpcMessage =
  | {
      readonly kind: 'request';
      readonly id: unknown;
      readonly method: string;
      readonly params: readonly unknown[];
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: readonly unknown[] }
  | {
      readonly kind: 'reply';
      readonly id: unknown;
      readonly result: unknown;
      readonly error: WireError | undefined;
    };

/**
 * Classifies a parsed message.
 *
 * @throws OvsdbProtocolError when it is not a JSON-RPC message
 */
export function readMessage(json: unknown): RpcMessage {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new OvsdbProtocolError('a message must be a JSON object');
  }
  const message = json as Record<string, unknown>;
  if (typeof message['method'] === 'string') {
    const method = message['method'];
    const params = Array.isArray(message['params']) ? message['params'] : [];
    const id = message['id'] ?? null;
    return id === null ? { kind: 'notification', method, params } : { kind: 'request', id, method, params };
  }
  if ('id' in message && ('result' in message || 'error' in message)) {
    const { id, result, error } = message;
    return { kind: 'reply', id, result, error: readError(error) };
  }
  throw new OvsdbProtocolError('a message must have a method or be a reply');
}

/** Reads an `<error>` object; some servers send text instead. Returns undefined for null. */
export function readError(error: unknown): WireError | undefined {
  if (error === null || error === undefined) return undefined;
  if (typeof error === 'object' && typeof (error as WireError).error === 'string') {
    const { error: code, details } = error as WireError;
    return { error: code, details: typeof details === 'string' ? details : undefined };
  }
  return { error: typeof error === 'string' ? error : JSON.stringify(error) };
}
