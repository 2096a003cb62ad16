import { OvsdbProtocolError, operationError } from '../errors.ts';
import { readError } from '../wire/json-rpc.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';

/**
 * Reads the result of transact (RFC 7047 §4.1.3): one object per operation; after one that failed its error and
 * nulls; one error more when all went well and the commit failed.
 *
 * @throws OvsdbOperationError for the operation that failed
 */
export function checkResults(result: unknown, operations: readonly Operation[]): OperationResult[] {
  if (!Array.isArray(result)) throw new OvsdbProtocolError('the result of transact must be an array');
  result.forEach((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null || !('error' in entry)) return;
    const { error = 'unknown', details } = readError(entry) ?? {};
    throw operationError(error, details, index, operations[index]);
  });
  return result.slice(0, operations.length) as OperationResult[];
}
