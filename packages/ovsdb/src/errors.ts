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

/** No connection, and nothing was sent: the call had no effect and can be made again. */
export class OvsdbConnectionError extends OvsdbError {
  constructor(message: string, cause?: unknown) {
    super('connection-failed', message, {
      hint: 'Check that ovsdb-server runs and listens on the remote. The request was not sent.',
      cause,
    });
  }
}

/** The connection dropped after a transaction was sent and before its reply came: it may or may not have been committed. */
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

/** A message is longer than the client accepts. The connection is dropped. */
export class OvsdbMessageTooLargeError extends OvsdbError {
  constructor(limit: number) {
    super('message-too-large', `a message is longer than ${limit} bytes`, {
      hint: 'Choose fewer columns or add conditions, or raise maxMessageBytes.',
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

const HINTS: Readonly<Record<string, string>> = {
  'referential integrity violation':
    'A row refers to a row that does not exist, or a row that is referred to was deleted.',
  'constraint violation': 'A value is outside what the schema allows, or a unique index would hold it twice.',
  'timed out': 'The database is not in the state that a wait guard asked for: read again and retry.',
  'not owner': 'The lock is held by another client.',
  'resources exhausted': 'The server has no memory for it.',
  'I/O error': 'The server could not write its database file.',
  'duplicate uuid-name': 'Two inserts use the same name.',
  aborted: 'The transaction holds an abort operation.',
};

function hintFor(code: string): string {
  return HINTS[code] ?? 'See the details from the server.';
}
