import { OvsdbClosedError, OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema, TableSchema } from '../schema/database-schema.ts';
import type { ColumnMatch, ColumnName, ColumnValues, TableName, Where } from '../schema/row-types.ts';
import type { RowRef } from '../schema/uuid.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';
import { type CommitResult, readCommit, type Selected } from './commit-result.ts';
import { encodeMutations, type Mutations } from './mutations.ts';
import { columnTypeOf, encodeMatch, encodeRow, encodeWhere, tableOf } from './where.ts';

/** What carries out a transaction: an `OvsdbClient`, or a replica's own way through it. */
export interface Transactor {
  transact(
    database: string,
    operations: readonly Operation[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<OperationResult[]>;
}

/** Options of `Transaction.commit`. */
export interface CommitOptions {
  /** Cancels the call. A transaction that the server has already carried out is not undone: then the call resolves. */
  readonly signal?: AbortSignal;
  /** Resolve only when the transaction is on the server's disk (RFC 7047 §5.2.7). A cluster's always are. */
  readonly durable?: boolean;
}

/** Names are unique in this process, so that a reference can never mean a row of another transaction. */
let nextName = 0;

/**
 * Collects the operations of one transaction, checks them against the schema as they come, and commits them: all or
 * none takes effect.
 */
export class Transaction<Tables> {
  readonly #schema: DatabaseSchema<Tables>;
  readonly #transactor: Transactor | undefined;
  readonly #operations: Operation[] = [];
  readonly #inserts = new Map<string, number>();
  readonly #selects = new Map<Selected<unknown>, { index: number; schema: TableSchema }>();
  #committed = false;

  constructor(schema: DatabaseSchema<Tables>, transactor?: Transactor) {
    this.#schema = schema;
    this.#transactor = transactor;
  }

  /** The operations so far, as they go over the wire. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** Inserts a row (RFC 7047 §5.2.1). Columns that are left out get their default value. */
  insert<T extends TableName<Tables>>(table: T, columns: ColumnValues<Tables[T]>): RowRef {
    const namedUuid = `row${nextName++}`;
    this.#inserts.set(namedUuid, this.#operations.length);
    const row = encodeRow(this.#table(table), table, columns);
    this.#operations.push({ op: 'insert', table, row, 'uuid-name': namedUuid });
    return { namedUuid };
  }

  /**
   * Reads rows as the transaction sees them at this point (RFC 7047 §5.2.2): columns, or all. The commit's result gives them.
   */
  select<T extends TableName<Tables>, C extends ColumnName<Tables[T]> = ColumnName<Tables[T]>>(
    table: T,
    where: Where<Tables[T]>,
    columns?: readonly C[],
  ): Selected<Pick<Tables[T], (C | '_uuid') & keyof Tables[T]>> {
    const schema = this.#table(table);
    for (const column of columns ?? []) columnTypeOf(schema, table, column);
    const selected = { columns: columns ?? Object.keys(schema.columns) };
    const select = { op: 'select', table, where: encodeWhere(schema, table, where) } as const;
    this.#selects.set(selected, { index: this.#operations.length, schema });
    this.#operations.push(columns ? { ...select, columns: ['_uuid', ...columns] } : select);
    return selected;
  }

  /** Sets columns of the rows (RFC 7047 §5.2.3). */
  update<T extends TableName<Tables>>(
    table: T,
    where: Where<Tables[T]>,
    columns: ColumnValues<Tables[T]>,
  ): this {
    const schema = this.#table(table);
    const row = encodeRow(schema, table, columns);
    this.#operations.push({ op: 'update', table, where: encodeWhere(schema, table, where), row });
    return this;
  }

  /** Changes columns of the rows relative to what they hold (RFC 7047 §5.2.4). */
  mutate<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>, change: Mutations<Tables[T]>): this {
    const schema = this.#table(table);
    const mutations = encodeMutations(schema, table, change);
    this.#operations.push({ op: 'mutate', table, where: encodeWhere(schema, table, where), mutations });
    return this;
  }

  /** Deletes the rows (RFC 7047 §5.2.5). */
  delete<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>): this {
    this.#operations.push({ op: 'delete', table, where: encodeWhere(this.#table(table), table, where) });
    return this;
  }

  /**
   * Compare-and-set (RFC 7047 §5.2.6, with timeout 0). With `until: '=='`, the default, the commit fails (see
   * `isWaitFailure`) unless `where` finds rows and each of them has these values. `'!='` is the exact contrary: it fails
   * when `where` finds rows and each of them has these values, so one row that differs, or no row at all, lets it pass.
   *
   * @throws OvsdbSchemaError when `expected` is empty, or `undefined` where that is no value of the column
   */
  wait<T extends TableName<Tables>>(
    table: T,
    where: Where<Tables[T]>,
    expected: ColumnMatch<Tables[T]>,
    options: { readonly until?: '==' | '!=' } = {},
  ): this {
    const schema = this.#table(table);
    const row = encodeMatch(schema, table, expected);
    this.#operations.push({
      op: 'wait',
      table,
      timeout: 0,
      where: encodeWhere(schema, table, where),
      columns: Object.keys(row),
      until: options.until ?? '==',
      rows: [row],
    });
    return this;
  }

  /** Makes the commit fail (see `isWaitFailure`) when there is such a row. */
  expectMissing<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>): this {
    this.#operations.push({
      op: 'wait',
      table,
      timeout: 0,
      where: encodeWhere(this.#table(table), table, where),
      columns: ['_uuid'],
      until: '==',
      rows: [],
    });
    return this;
  }

  /** Writes a line to the server's log of transactions (RFC 7047 §5.2.9). */
  comment(comment: string): this {
    this.#operations.push({ op: 'comment', comment });
    return this;
  }

  /** Makes the commit fail with "not owner" unless this client holds the lock (RFC 7047 §5.2.10). */
  assertLock(lock: string): this {
    this.#operations.push({ op: 'assert', lock });
    return this;
  }

  /** Makes the commit fail with "aborted" (RFC 7047 §5.2.8): a trial run, whose operations before it are checked. */
  abort(): this {
    this.#operations.push({ op: 'abort' });
    return this;
  }

  /**
   * Sends the transaction. A transaction can be committed once; one without operations is not sent.
   *
   * @throws OvsdbClosedError when it was committed before
   * @throws OvsdbOperationError, OvsdbConnectionError, OvsdbOutcomeUnknownError as `OvsdbClient.transact`
   */
  async commit({ durable = false, ...options }: CommitOptions = {}): Promise<CommitResult> {
    if (!this.#transactor) throw new OvsdbSchemaError('this transaction has nothing to commit it with');
    if (this.#committed) throw new OvsdbClosedError('the transaction');
    this.#committed = true;
    const count = this.#operations.length;
    const all: Operation[] = durable ? [...this.#operations, { op: 'commit', durable }] : this.#operations;
    const results = count === 0 ? [] : await this.#transactor.transact(this.#schema.name, all, options);
    return readCommit(results.slice(0, count), { inserts: this.#inserts, selects: this.#selects });
  }

  #table(name: string) {
    return tableOf(this.#schema as DatabaseSchema, name);
  }
}
