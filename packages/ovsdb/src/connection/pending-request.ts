import { OvsdbError, OvsdbOutcomeUnknownError, OvsdbProtocolError, OvsdbRequestError } from '../errors.ts';
import type { WireError } from '../wire/json-rpc.ts';
import type { RequestOptions } from './session-options.ts';

/** A request that waits for its reply. */
export interface PendingRequest {
  readonly method: string;
  readonly options: RequestOptions<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Converts an error of handling a message to an error of this package. A peer may send anything. */
export function protocolFault(error: unknown): OvsdbError {
  if (error instanceof OvsdbError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new OvsdbProtocolError(`a message makes no sense: ${text}`, undefined, error);
}

/** The error of a request that the server refused. */
export function refusalOf({ method, options }: PendingRequest, { error, details }: WireError): unknown {
  const refusal = new OvsdbRequestError(method, error, details);
  if (error !== 'canceled' || !options.changesState) return refusal;
  if (options.signal?.aborted && options.canceledIsUndone?.()) return options.signal.reason;
  // A cluster may still commit it: ovsdb-server only stops waiting for the commit (ovsdb/trigger.c).
  return new OvsdbOutcomeUnknownError(
    `the server canceled ${method}`,
    options.signal?.aborted ? options.signal.reason : refusal,
  );
}
