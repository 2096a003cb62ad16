/**
 * An OVSDB (RFC 7047) client: automatic reconnection, replicas, typed transactions.
 *
 * @packageDocumentation
 */
export { connect } from './connection/connect.ts';
export type { Lock } from './connection/lock.ts';
export type { CallOptions, ClientEvents, ConnectOptions, OvsdbClient } from './connection/ovsdb-client.ts';
export type { TlsOptions } from './connection/tls-options.ts';
export * from './errors.ts';
export * from './generated/nb.ts';
export * from './generated/sb.ts';
export * from './generated/vswitch.ts';
export { openReplica } from './replica/open-replica.ts';
export type {
  Change,
  IndexSpec,
  ReferredTable,
  Replica,
  ReplicaOptions,
  Selection,
  TableSelection,
  UntilOptions,
} from './replica/replica.ts';
export type {
  Atom,
  AtomicType,
  BaseType,
  ColumnSchema,
  ColumnType,
  ColumnValue,
  DatabaseSchema,
  Row,
  TableSchema,
} from './schema/database-schema.ts';
export { parseSchema } from './schema/parse-schema.ts';
export type {
  CollectionColumn,
  ColumnMatch,
  ColumnName,
  ColumnValues,
  Condition,
  ConditionFunction,
  NumericColumn,
  Removable,
  TableName,
  Where,
  Writable,
  WritableAtom,
} from './schema/row-types.ts';
export {
  isRowRef,
  isUuid,
  type Ref,
  type RefTarget,
  type RowRef,
  type Uuid,
  ZERO_UUID,
} from './schema/uuid.ts';
export type { CommitResult, Selected } from './transact/commit-result.ts';
export type { Mutations, Operands } from './transact/mutations.ts';
export { type CommitOptions, Transaction, type Transactor } from './transact/transaction.ts';
export type {
  Operation,
  OperationResult,
  WireCondition,
  WireMutation,
  WireRow,
  WireValue,
} from './wire/operations.ts';
