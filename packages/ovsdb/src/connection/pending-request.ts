import { OvsdbError, OvsdbOutcomeUnknownError, OvsdbProtocolError, OvsdbRequestError } from '../errors.ts';
import type { WireError } from '../wire/json-rpc.ts';
import type { RequestOptions } from './session-options.ts';

/** A request that was sent and has no reply yet. */
export interface PendingRequest {
  readonly method: string;
  readonly options: RequestOptions<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What makes a message impossible to handle, as an error of this package: a peer may send anything. */
export function protocolFault(error: unknown): OvsdbError {
  if (error instanceof OvsdbError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new OvsdbProtocolError(`a message makes no sense: ${text}`, undefined, error);
}

/** What the caller of a refused request is told. */
export function refusalOf({ method, options }: PendingRequest, { error, details }: WireError): unknown {
  const refusal = new OvsdbRequestError(method, error, details);
  if (error !== 'canceled' || !options.changesState) return refusal;
  if (options.signal?.aborted && options.canceledIsUndone?.()) return options.signal.reason;
  // A cluster may be committing it all the same: ovsdb-server then only stops to wait for that (ovsdb/trigger.c).
  return new OvsdbOutcomeUnknownError(
    `the server canceled ${method}`,
    options.signal?.aborted ? options.signal.reason : refusal,
  );
}
