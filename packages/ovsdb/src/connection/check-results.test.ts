import { expect, it } from 'vitest';
import * as errors from '../errors.ts';
import { checkResults } from './check-results.ts';

const operations = [
  { op: 'comment', comment: 'a' },
  { op: 'delete', table: 'T', where: [] },
] as const;

it.each([
  ['referential integrity violation', errors.ReferentialIntegrityViolationError],
  ['constraint violation', errors.ConstraintViolationError],
  ['resources exhausted', errors.ResourcesExhaustedError],
  ['I/O error', errors.IoError],
  ['duplicate uuid-name', errors.DuplicateUuidNameError],
  ['duplicate uuid', errors.DuplicateUuidError],
  ['domain error', errors.DomainError],
  ['range error', errors.OutOfRangeError],
  ['timed out', errors.WaitTimedOutError],
  ['not supported', errors.NotSupportedError],
  ['aborted', errors.AbortedError],
  ['not owner', errors.NotOwnerError],
  ['permission error', errors.PermissionError],
  ['something new', errors.OvsdbOperationError],
])('"%s" has its own error class, which names the operation', (code, type) => {
  let error: unknown;
  try {
    checkResults([{}, { error: code, details: 'why' }], operations);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(errors.OvsdbOperationError);
  expect((error as Error).constructor).toBe(type);
  expect(error).toMatchObject({ name: type.name, code, index: 1, operation: operations[1], details: 'why' });
  expect((error as Error).message).toBe(`operation 1 (delete T): ${code}: why`);
  expect((error as errors.OvsdbError).hint).not.toBe('');
});

it('the error of a failed commit has no operation', () => {
  expect(() => checkResults([{}, {}, { error: 'constraint violation' }], operations)).toThrow(
    'commit: constraint violation',
  );
  expect(checkResults([{}, { count: 1 }], operations)).toEqual([{}, { count: 1 }]);
});

it('a result that shows neither success nor failure leaves the outcome unknown', () => {
  for (const result of [{}, undefined, null, 'x', [], [{}], [{}, null]])
    expect(() => checkResults(result, operations)).toThrow(errors.OvsdbOutcomeUnknownError);
});
