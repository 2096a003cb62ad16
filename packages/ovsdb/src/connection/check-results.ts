import { OvsdbOutcomeUnknownError, OvsdbProtocolError, operationError } from '../errors.ts';
import { readError } from '../wire/json-rpc.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';

/**
 * Reads the result of transact (RFC 7047 §4.1.3): one object per operation. A failed operation has an error,
 * and the operations after it are null. If the commit failed, one more error follows the results.
 *
 * @throws OvsdbOperationError when an operation or the commit failed; OvsdbOutcomeUnknownError when the
 *   result shows neither success nor failure
 */
export function checkResults(result: unknown, operations: readonly Operation[]): OperationResult[] {
  if (!Array.isArray(result)) throw unreadable('is not an array');
  result.forEach((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null || !('error' in entry)) return;
    const { error = 'unknown', details } = readError(entry) ?? {};
    throw operationError(error, details, index, operations[index]);
  });
  const results = operations.map((_, index) => result[index] as unknown);
  if (!results.every((entry) => typeof entry === 'object' && entry !== null))
    throw unreadable('lacks the result of an operation');
  return results as OperationResult[];
}

function unreadable(fault: string): OvsdbOutcomeUnknownError {
  const cause = new OvsdbProtocolError(`the result of transact ${fault}`);
  return new OvsdbOutcomeUnknownError(cause.message, cause);
}
