import {
  type ClientErrorCode,
  clientErrors,
  type OperationErrorCode,
  operationErrors,
  otherError,
} from './error-table.ts';

/**
 * The base of this package's errors. Each has a stable `code` and a `hint` that says what to do about it.
 *
 * For an error of the server, the code is the error string of RFC 7047 ("constraint violation"). The codes of
 * this client are hyphenated or single words ("outcome-unknown").
 */
export class OvsdbError extends Error {
  /** Stable; for an error of the server, the error string of RFC 7047. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: string, message: string, options: { hint: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
  }
}

/** There is no connection: the call had no effect and can be made again. */
export class OvsdbConnectionError extends OvsdbError {
  constructor(message: string, cause?: unknown) {
    super(...described('connection-failed', message, cause));
  }
}

/**
 * A transaction was sent, but its outcome did not arrive: the connection dropped, or the server answered
 * "canceled" (because its schema is being changed, or because the caller aborted a transaction of a cluster).
 * The server may or may not have committed it.
 */
export class OvsdbOutcomeUnknownError extends OvsdbError {
  constructor(message: string, cause?: unknown) {
    super(...described('outcome-unknown', message, cause));
  }
}

/** The caller closed the client or replica, or committed the transaction before. */
export class OvsdbClosedError extends OvsdbError {
  constructor(what: string) {
    super(...described('closed', `${what} is closed`));
  }
}

/** `until` or another wait of this client took longer than the caller allowed. */
export class OvsdbTimeoutError extends OvsdbError {
  constructor(what: string, timeoutMs: number) {
    super(...described('timeout', `${what} took longer than ${timeoutMs} ms`));
  }
}

/** The peer sent bytes that are not JSON, or JSON that is not OVSDB. The client drops the connection. */
export class OvsdbProtocolError extends OvsdbError {
  /** Offset in bytes from the start of the message, where it is known. */
  readonly position: number | undefined;

  constructor(message: string, position?: number, cause?: unknown) {
    const at = position === undefined ? '' : ` at byte ${position} of the message`;
    super(...described('protocol', `${message}${at}`, cause));
    this.position = position;
  }
}

/**
 * A message, or a row of a snapshot, is longer than `maxMessageBytes`. One that arrives ends the connection;
 * one that the caller wants to send is not sent.
 */
export class OvsdbMessageTooLargeError extends OvsdbError {
  constructor(limit: number) {
    super(...described('message-too-large', `a message is longer than ${limit} bytes`));
  }
}

/** A value, table or column does not fit the schema, or the server could not read it. Nothing was sent. */
export class OvsdbSchemaError extends OvsdbError {
  constructor(message: string) {
    super(...described('schema-mismatch', message));
  }
}

/**
 * The server refused a request that is no transaction ("unknown database", "unknown method" and the like).
 */
export class OvsdbRequestError extends OvsdbError {
  readonly method: string;
  readonly details: string | undefined;

  constructor(method: string, code: string, details: string | undefined) {
    super(code, `${method}: ${code}${details ? `: ${details}` : ''}`, { hint: otherError.hint });
    this.method = method;
    this.details = details;
  }
}

/** An operation of a transaction, or its commit, failed: nothing of the transaction took effect. */
export class OvsdbOperationError extends OvsdbError {
  /** Index of the failed operation; the number of operations when only the commit failed. */
  readonly index: number;
  /** The failed operation as it was sent; undefined when the commit failed. */
  readonly operation: Readonly<Record<string, unknown>> | undefined;
  /** The server's explanation. */
  readonly details: string | undefined;

  constructor(
    code: string,
    details: string | undefined,
    index: number,
    operation: Readonly<Record<string, unknown>> | undefined,
  ) {
    const where = operation ? `operation ${index} (${describe(operation)})` : 'commit';
    super(code, `${where}: ${code}${details ? `: ${details}` : ''}`, { hint: hintFor(code) });
    this.index = index;
    this.operation = operation;
    this.details = details;
  }
}

/** Whether the error says that the condition of a `wait` guard was not true (RFC 7047 §5.2.6). */
export function isWaitFailure(error: unknown): error is OvsdbOperationError {
  return error instanceof OvsdbOperationError && error.code === 'timed out';
}

function describe(operation: Readonly<Record<string, unknown>>): string {
  const table = operation['table'];
  return typeof table === 'string' ? `${String(operation['op'])} ${table}` : String(operation['op']);
}

/** A row refers to a row that does not exist, or a row that others refer to was deleted (RFC 7047 §4.1.3). */
export class ReferentialIntegrityViolationError extends OvsdbOperationError {}
/** A value, the number of rows, or a unique index is outside what the schema allows (RFC 7047 §3.1). */
export class ConstraintViolationError extends OvsdbOperationError {}
/** The server ran out of memory or other resources (RFC 7047 §4.1.3). */
export class ResourcesExhaustedError extends OvsdbOperationError {}
/** The server could not write its database (RFC 7047 §4.1.3). */
export class IoError extends OvsdbOperationError {}
/** Two inserts have the same uuid-name (RFC 7047 §5.2.1). */
export class DuplicateUuidNameError extends OvsdbOperationError {}
/** An insert sets a UUID that another row already has (ovsdb-server(7) §5.2.1). */
export class DuplicateUuidError extends OvsdbOperationError {}
/** A mutation divides by zero (RFC 7047 §5.2.4). */
export class DomainError extends OvsdbOperationError {}
/** The result of a mutation cannot be represented (RFC 7047 §5.2.4). */
export class OutOfRangeError extends OvsdbOperationError {}
/** The condition of a wait did not become true in time (RFC 7047 §5.2.6); see `isWaitFailure`. */
export class WaitTimedOutError extends OvsdbOperationError {}
/** The server cannot do a durable commit (RFC 7047 §5.2.7). */
export class NotSupportedError extends OvsdbOperationError {}
/** The transaction contains an abort (RFC 7047 §5.2.8). */
export class AbortedError extends OvsdbOperationError {}
/** This client does not hold the asserted lock (RFC 7047 §5.2.10). */
export class NotOwnerError extends OvsdbOperationError {}
/** The server's access control (RBAC) does not allow the operation. */
export class PermissionError extends OvsdbOperationError {}

type OperationErrorClass = new (
  ...args: ConstructorParameters<typeof OvsdbOperationError>
) => OvsdbOperationError;

const operationErrorClasses: Readonly<Record<OperationErrorCode, OperationErrorClass>> = {
  'referential integrity violation': ReferentialIntegrityViolationError,
  'constraint violation': ConstraintViolationError,
  'resources exhausted': ResourcesExhaustedError,
  'I/O error': IoError,
  'duplicate uuid-name': DuplicateUuidNameError,
  'duplicate uuid': DuplicateUuidError,
  'domain error': DomainError,
  'range error': OutOfRangeError,
  'timed out': WaitTimedOutError,
  'not supported': NotSupportedError,
  aborted: AbortedError,
  'not owner': NotOwnerError,
  'permission error': PermissionError,
};

/** Returns the error for a failed operation, of the class that belongs to its code. */
export function operationError(
  code: string,
  details: string | undefined,
  index: number,
  operation: Readonly<Record<string, unknown>> | undefined,
): OvsdbOperationError {
  const type = isOperationErrorCode(code) ? operationErrorClasses[code] : OvsdbOperationError;
  return new type(code, details, index, operation);
}

function hintFor(code: string): string {
  return (isOperationErrorCode(code) ? operationErrors[code] : otherError).hint;
}

function isOperationErrorCode(code: string): code is OperationErrorCode {
  return Object.hasOwn(operationErrors, code);
}

/** The arguments of {@link OvsdbError} for an error of this client. */
function described(
  code: ClientErrorCode,
  message: string,
  cause?: unknown,
): ConstructorParameters<typeof OvsdbError> {
  return [code, message, { hint: clientErrors[code].hint, cause }];
}
