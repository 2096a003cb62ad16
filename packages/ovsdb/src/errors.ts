/**
 * Everything this package throws. Each error has a stable `code` and a `hint` that says what to do about it.
 *
 * Errors of the server carry the RFC's own words as code ("constraint violation"); errors of this client carry words
 * joined by hyphens ("outcome-unknown"), so that the two never meet.
 */
export class OvsdbError extends Error {
  /** Stable; RFC 7047's error string for an error of the server. */
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

/** No connection: the call had no effect and can be made again. */
export class OvsdbConnectionError extends OvsdbError {
  constructor(message: string, cause?: unknown) {
    super('connection-failed', message, {
      hint: 'Check that ovsdb-server runs and listens on the remote. The call had no effect and can be made again.',
      cause,
    });
  }
}

/**
 * A transaction was sent, and its outcome did not come: the connection dropped, or the server answered "canceled" (its
 * schema is being changed, or the caller gave up a transaction of a cluster). It may or may not have been committed.
 */
export class OvsdbOutcomeUnknownError extends OvsdbError {
  constructor(message: string, cause?: unknown) {
    super('outcome-unknown', message, {
      hint: 'Read the database to see whether the transaction took effect before you send it again.',
      cause,
    });
  }
}

/** The client or replica was closed. */
export class OvsdbClosedError extends OvsdbError {
  constructor(what: string) {
    super('closed', `${what} is closed`, { hint: 'Open a new one.' });
  }
}

/** `until` or another wait of this client took longer than the caller allowed. */
export class OvsdbTimeoutError extends OvsdbError {
  constructor(what: string, timeoutMs: number) {
    super('timeout', `${what} took longer than ${timeoutMs} ms`, {
      hint: 'Allow more time, or look at what should have changed the database.',
    });
  }
}

/** The peer sent bytes that are not JSON, or JSON that is not OVSDB. The connection is dropped. */
export class OvsdbProtocolError extends OvsdbError {
  /** Offset in bytes from the start of the message, where it is known. */
  readonly position: number | undefined;

  constructor(message: string, position?: number, cause?: unknown) {
    super('protocol', position === undefined ? message : `${message} at byte ${position} of the message`, {
      hint: 'The peer does not speak OVSDB: check the remote.',
      cause,
    });
    this.position = position;
  }
}

/** A message, or a row of a snapshot, is longer than the client holds. The connection is dropped. */
export class OvsdbMessageTooLargeError extends OvsdbError {
  constructor(limit: number) {
    super('message-too-large', `a message is longer than ${limit} bytes`, {
      hint: 'Raise maxMessageBytes, or choose fewer columns or rows.',
    });
  }
}

/** A value, table or column does not fit the schema. Nothing was sent. */
export class OvsdbSchemaError extends OvsdbError {
  constructor(message: string) {
    super('schema-mismatch', message, { hint: 'Compare with the schema (ovsdb-client get-schema).' });
  }
}

/** A request other than a transaction was refused by the server ("unknown database", "unknown method" and the like). */
export class OvsdbRequestError extends OvsdbError {
  readonly method: string;
  readonly details: string | undefined;

  constructor(method: string, code: string, details: string | undefined) {
    super(code, `${method}: ${code}${details ? `: ${details}` : ''}`, {
      hint: 'See the details from the server.',
    });
    this.method = method;
    this.details = details;
  }
}

/** An operation of a transaction, or its commit, failed: nothing of the transaction took effect. */
export class OvsdbOperationError extends OvsdbError {
  /** Index of the failed operation; the number of operations when the commit failed after all of them went well. */
  readonly index: number;
  /** The failed operation as it was sent; undefined when the commit failed. */
  readonly operation: Readonly<Record<string, unknown>> | undefined;
  /** What the server says about it. */
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

/** Whether the error says that a `wait` guard of the transaction did not hold (RFC 7047 §5.2.6). */
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
/** The server ran out of memory or other means (RFC 7047 §4.1.3). */
export class ResourcesExhaustedError extends OvsdbOperationError {}
/** The server could not write its database (RFC 7047 §4.1.3). */
export class IoError extends OvsdbOperationError {}
/** Two inserts have the same uuid-name (RFC 7047 §5.2.1). */
export class DuplicateUuidNameError extends OvsdbOperationError {}
/** An insert fixes a UUID that is taken (ovsdb-server(7) §5.2.1). */
export class DuplicateUuidError extends OvsdbOperationError {}
/** A division by zero (RFC 7047 §5.2.4). */
export class DomainError extends OvsdbOperationError {}
/** The result of a mutation cannot be represented (RFC 7047 §5.2.4). */
export class OutOfRangeError extends OvsdbOperationError {}
/** A wait did not hold in time (RFC 7047 §5.2.6); see `isWaitFailure`. */
export class WaitTimedOutError extends OvsdbOperationError {}
/** The server cannot do a durable commit (RFC 7047 §5.2.7). */
export class NotSupportedError extends OvsdbOperationError {}
/** The transaction holds an abort (RFC 7047 §5.2.8). */
export class AbortedError extends OvsdbOperationError {}
/** The asserted lock is not held (RFC 7047 §5.2.10). */
export class NotOwnerError extends OvsdbOperationError {}
/** The server's access control refuses it (ovsdb-server's RBAC). */
export class PermissionError extends OvsdbOperationError {}

type OperationErrorClass = new (
  ...args: ConstructorParameters<typeof OvsdbOperationError>
) => OvsdbOperationError;

const OPERATION_ERRORS: ReadonlyMap<string, readonly [type: OperationErrorClass, hint: string]> = new Map([
  [
    'referential integrity violation',
    [
      ReferentialIntegrityViolationError,
      'A row refers to a row that does not exist, or a row that is referred to was deleted.',
    ],
  ],
  [
    'constraint violation',
    [
      ConstraintViolationError,
      'A value is outside what the schema allows, or a unique index would hold it twice.',
    ],
  ],
  ['resources exhausted', [ResourcesExhaustedError, 'Give the server more memory, or send less at once.']],
  ['I/O error', [IoError, 'Look at the disk of the server.']],
  ['duplicate uuid-name', [DuplicateUuidNameError, 'Give each insert a name of its own.']],
  ['duplicate uuid', [DuplicateUuidError, 'Let the server choose the UUID.']],
  ['domain error', [DomainError, 'Do not divide by zero.']],
  ['range error', [OutOfRangeError, 'Choose values whose result fits the column.']],
  [
    'timed out',
    [
      WaitTimedOutError,
      'The database is not in the state that a wait guard asked for: read again and retry.',
    ],
  ],
  ['not supported', [NotSupportedError, 'Commit without durable.']],
  ['aborted', [AbortedError, 'The transaction itself asked for it.']],
  ['not owner', [NotOwnerError, 'Another client holds the lock: wait for it, or steal it.']],
  ['permission error', [PermissionError, 'Ask for a role that may do this.']],
]);

/** The error for an operation that failed, of the class that its code stands for. */
export function operationError(
  code: string,
  details: string | undefined,
  index: number,
  operation: Readonly<Record<string, unknown>> | undefined,
): OvsdbOperationError {
  const [type] = OPERATION_ERRORS.get(code) ?? [OvsdbOperationError];
  return new type(code, details, index, operation);
}

function hintFor(code: string): string {
  return OPERATION_ERRORS.get(code)?.[1] ?? 'See the details from the server.';
}
