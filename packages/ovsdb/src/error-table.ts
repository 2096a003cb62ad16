/** What docs/errors.md says about a code: `when` is the cause, `hint` is what the caller can do about it. */
interface ErrorEntry {
  readonly when: string;
  readonly hint: string;
}

/** Errors of this client. `npm run docs:errors` writes docs/errors.md from the tables of this file. */
export const clientErrors = {
  'connection-failed': {
    when: 'There is no connection to the server. The call had no effect.',
    hint: 'Check that ovsdb-server runs and listens on the remote, and for ssl: remotes that each side trusts the other’s certificate. The call had no effect and can be made again.',
  },
  'outcome-unknown': {
    when: 'A transaction was sent, but its outcome did not arrive: the connection dropped, the schema is being changed, or the caller aborted a transaction of a cluster.',
    hint: 'Read the database to see whether the transaction took effect before you send it again.',
  },
  closed: {
    when: 'The caller closed the client or the replica, or committed the transaction before.',
    hint: 'Open a new client or replica; begin a new transaction.',
  },
  timeout: {
    when: '`until` took longer than its `timeoutMs`.',
    hint: 'Allow more time, or look at what should have changed the database.',
  },
  protocol: {
    when: 'The peer sent bytes that are not JSON, or JSON that is not OVSDB. `position` is the byte, where it is known.',
    hint: 'The peer does not speak OVSDB: check the remote, and whether it must be ssl: or tcp:.',
  },
  'message-too-large': {
    when: 'A message, or a row of a snapshot, is longer than `maxMessageBytes`.',
    hint: 'Raise maxMessageBytes, or choose fewer columns or rows.',
  },
  'schema-mismatch': {
    when: "A table, column or value does not fit the schema, the server's schema has a column of another type, or ovsdb-server could not read a value (a NUL character, half a surrogate pair, deep nesting). Nothing was sent.",
    hint: 'Compare with the schema (ovsdb-client get-schema); leave NUL characters and halves of surrogate pairs out of strings.',
  },
} as const satisfies Record<string, ErrorEntry>;

/**
 * Errors of an operation or a commit, by the error strings of RFC 7047. Nothing of the transaction took
 * effect.
 */
export const operationErrors = {
  'referential integrity violation': {
    when: 'RFC 7047 §4.1.3: a row refers to a row that does not exist, or a row that others refer to was deleted.',
    hint: 'Insert the row that is referred to, or delete the references to it, in the same transaction.',
  },
  'constraint violation': {
    when: 'RFC 7047 §3.1: a value, the number of rows or a unique index is outside what the schema allows.',
    hint: 'Compare the values, the number of rows and the unique indexes with the schema.',
  },
  'resources exhausted': {
    when: 'RFC 7047 §4.1.3: the server ran out of memory or other resources.',
    hint: 'Give the server more memory, or send less at once.',
  },
  'I/O error': {
    when: 'RFC 7047 §4.1.3: the server could not write its database.',
    hint: 'Check the disk of the server.',
  },
  'duplicate uuid-name': {
    when: 'RFC 7047 §5.2.1: two inserts have the same uuid-name.',
    hint: 'Give each insert a name of its own.',
  },
  'duplicate uuid': {
    when: 'ovsdb-server(7) §5.2.1: an insert sets a UUID that another row has.',
    hint: 'Let the server choose the UUID.',
  },
  'domain error': {
    when: 'RFC 7047 §5.2.4: a mutation divides by zero.',
    hint: 'Do not divide by zero.',
  },
  'range error': {
    when: 'RFC 7047 §5.2.4: the result of a mutation cannot be represented.',
    hint: 'Choose values whose result fits the column.',
  },
  'timed out': {
    when: 'RFC 7047 §5.2.6: the condition of a wait did not become true in time.',
    hint: 'The database is not in the state that a wait guard requires: read it again and retry.',
  },
  'not supported': {
    when: 'RFC 7047 §5.2.7: the server cannot do a durable commit.',
    hint: 'Commit without durable.',
  },
  aborted: {
    when: 'RFC 7047 §5.2.8: the transaction contains an abort.',
    hint: 'If the transaction should take effect, commit it without the abort.',
  },
  'not owner': {
    when: 'RFC 7047 §5.2.10: this client does not hold the asserted lock.',
    hint: 'Acquire the lock before the commit; if another client holds it, wait for it or steal it. A new connection has to acquire it again.',
  },
  'permission error': {
    when: "The server's access control (RBAC) does not allow the operation.",
    hint: 'Ask the operator of the server for a role that allows it.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** Every other error string that the server sends, such as "unknown database" or "unknown method". */
export const otherError = {
  when: 'The server refused the request or the operation; the code is the error string of the server.',
  hint: 'See the details from the server.',
} as const satisfies ErrorEntry;

/** A code of this client. */
export type ClientErrorCode = keyof typeof clientErrors;

/** A code of an operation or a commit: RFC 7047's own error string. */
export type OperationErrorCode = keyof typeof operationErrors;
