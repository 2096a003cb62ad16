import { OvsdbClosedError, OvsdbSchemaError } from '../errors.ts';
import type { DatabaseSchema, TableSchema } from '../schema/database-schema.ts';
import type { ColumnMatch, ColumnName, ColumnValues, TableName, Where } from '../schema/row-types.ts';
import { isUuid, type RowRef, type Uuid } from '../schema/uuid.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';
import { type CommitResult, readCommit, type Selected } from './commit-result.ts';
import { encodeMutations, type Mutations } from './mutations.ts';
import { columnTypeOf, encodeMatch, encodeRow, encodeWhere, tableOf } from './where.ts';

/** Sends a transaction to the server: an `OvsdbClient`, or the replica that created the transaction. */
export interface Transactor {
  transact(
    database: string,
    operations: readonly Operation[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<OperationResult[]>;
}

/** Options of `Transaction.commit`. */
export interface CommitOptions {
  /**
   * Cancels the call. A transaction that the server has already carried out is not undone; the call then
   * resolves.
   */
  readonly signal?: AbortSignal;
  /**
   * Resolve only when the transaction is on the server's disk (RFC 7047 §5.2.7). In a cluster this is always
   * so.
   */
  readonly durable?: boolean;
}

/**
 * Row names are unique in this process, so that a reference never names a row of another transaction by
 * accident.
 */
let nextName = 0;

/**
 * One transaction (RFC 7047 §4.1.3): collects operations, checks each against the schema when it is added,
 * and commits them. Either all operations take effect or none.
 *
 * `Replica.transaction` creates one whose `commit` waits for the replica. `new Transaction(schema, client)`
 * needs no replica.
 *
 * @throws OvsdbSchemaError from every method when a table, column or value does not fit the schema
 * @example
 * ```ts
 * const t = new Transaction(nbSchema, client);
 * const port = t.insert('Logical_Switch_Port', { name: 'p1', tag: 5 });
 * t.mutate('Logical_Switch', { name: 'LS1' }, { insert: { ports: [port] } });
 * const result = await t.commit();
 * console.log(result.uuid(port), result.counts); // a UUID, [1, 1] when LS1 exists
 * ```
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

  /** The operations so far, in the notation of RFC 7047 §5.2. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /**
   * Inserts a row (RFC 7047 §5.2.1). Columns that are left out get their default value.
   *
   * @returns a reference to the new row, for columns and `where` of this transaction and for
   *   `CommitResult.uuid`
   */
  insert<T extends TableName<Tables>>(table: T, columns: ColumnValues<Tables[T]>): RowRef;
  /**
   * Inserts a row with a UUID that the caller chooses (ovsdb-server(7) §5.2.1, from OVS 2.13). If the table
   * has a row with this UUID, the commit fails with "duplicate uuid", also when the transaction deletes that
   * row.
   *
   * @returns the UUID, for columns and `where` of any transaction
   * @example
   * ```ts
   * const t = new Transaction(nbSchema, client);
   * const port = t.insert('Logical_Switch_Port', { name: 'p1' }, { uuid: crypto.randomUUID() });
   * t.mutate('Logical_Switch', { name: 'LS1' }, { insert: { ports: [port] } });
   * await t.commit();
   * ```
   */
  insert<T extends TableName<Tables>>(
    table: T,
    columns: ColumnValues<Tables[T]>,
    options: { readonly uuid: Uuid },
  ): Uuid;
  insert<T extends TableName<Tables>>(
    table: T,
    columns: ColumnValues<Tables[T]>,
    { uuid }: { readonly uuid?: Uuid } = {},
  ): RowRef | Uuid {
    const row = encodeRow(this.#table(table), table, columns);
    if (uuid !== undefined) {
      if (!isUuid(uuid)) throw new OvsdbSchemaError(`${JSON.stringify(uuid)} is not a UUID`);
      this.#operations.push({ op: 'insert', table, row, uuid });
      return uuid;
    }
    const namedUuid = `row${nextName++}`;
    this.#inserts.set(namedUuid, this.#operations.length);
    this.#operations.push({ op: 'insert', table, row, 'uuid-name': namedUuid });
    return { namedUuid };
  }

  /**
   * Reads rows as the transaction sees them at this point (RFC 7047 §5.2.2).
   *
   * @param columns the columns to read; all when left out
   * @returns a handle for `CommitResult.rows`
   * @example
   * ```ts
   * const t = new Transaction(nbSchema, client);
   * const ports = t.select('Logical_Switch_Port', [['tag', '!=', undefined]], ['name', 'tag']);
   * const result = await t.commit();
   * for (const { name, tag } of result.rows(ports)) console.log(name, tag);
   * ```
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

  /** Sets columns of the selected rows (RFC 7047 §5.2.3). */
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

  /** Changes columns of the selected rows relative to their values (RFC 7047 §5.2.4). */
  mutate<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>, change: Mutations<Tables[T]>): this {
    const schema = this.#table(table);
    const mutations = encodeMutations(schema, table, change);
    this.#operations.push({ op: 'mutate', table, where: encodeWhere(schema, table, where), mutations });
    return this;
  }

  /** Deletes the selected rows (RFC 7047 §5.2.5). */
  delete<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>): this {
    this.#operations.push({ op: 'delete', table, where: encodeWhere(this.#table(table), table, where) });
    return this;
  }

  /**
   * Compare-and-set (RFC 7047 §5.2.6, with timeout 0). With `until: '=='`, the default, the commit fails (see
   * `isWaitFailure`) unless `where` finds rows and each of them has these values. With `'!='` the commit
   * fails when `where` finds rows and each of them has these values; it succeeds when a row differs or no row
   * is found.
   *
   * @throws OvsdbSchemaError when `expected` is empty, or has `undefined` for a column that is not optional
   * @example
   * ```ts
   * await new Transaction(nbSchema, client)
   *   .wait('Logical_Switch', { name: 'LS1' }, { external_ids: {} })
   *   .update('Logical_Switch', { name: 'LS1' }, { external_ids: { owner: 'me' } })
   *   .commit(); // rejects when LS1 is missing or already has external_ids
   * ```
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

  /** Makes the commit fail (see `isWaitFailure`) when `where` finds a row. */
  expectMissing<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>): this {
    return this.#waitForRows(table, where, '==');
  }

  /**
   * Makes the commit fail (see `isWaitFailure`) when `where` finds no row. With a UUID and pairs of a map
   * column, one operation compares any number of pairs and leaves the others free.
   *
   * @example
   * ```ts
   * await new Transaction(nbSchema, client)
   *   .expectPresent('DNS', [['_uuid', '==', uuid], ['external_ids', 'includes', { owner: 'me' }]])
   *   .delete('DNS', uuid)
   *   .commit(); // rejects when the row is missing or has another owner
   * ```
   */
  expectPresent<T extends TableName<Tables>>(table: T, where: Where<Tables[T]>): this {
    return this.#waitForRows(table, where, '!=');
  }

  /** Adds the operations of another transaction of the same schema, which is not committed itself. */
  append(other: Transaction<Tables>): this {
    const offset = this.#operations.length;
    for (const [name, index] of other.#inserts) this.#inserts.set(name, offset + index);
    for (const [selected, { index, schema }] of other.#selects) {
      this.#selects.set(selected, { index: offset + index, schema });
    }
    for (const operation of other.#operations) this.#operations.push(operation);
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

  /**
   * Makes the commit fail with "aborted" (RFC 7047 §5.2.8): a trial run, in which the server checks the
   * operations before it.
   */
  abort(): this {
    this.#operations.push({ op: 'abort' });
    return this;
  }

  /**
   * Sends the transaction. A transaction can be committed once; a transaction without operations is not sent.
   *
   * @throws OvsdbClosedError when it was committed before
   * @throws OvsdbSchemaError when the transaction was created without a transactor
   * @throws OvsdbOperationError, OvsdbConnectionError, OvsdbOutcomeUnknownError as `OvsdbClient.transact`
   */
  async commit({ durable = false, ...options }: CommitOptions = {}): Promise<CommitResult> {
    if (!this.#transactor) throw new OvsdbSchemaError('this transaction has nothing to commit it with');
    if (this.#committed) throw new OvsdbClosedError('the transaction');
    this.#committed = true;
    const count = this.#operations.length;
    const operations: Operation[] = durable
      ? [...this.#operations, { op: 'commit', durable }]
      : this.#operations;
    const results =
      count === 0 ? [] : await this.#transactor.transact(this.#schema.name, operations, options);
    return readCommit(results.slice(0, count), { inserts: this.#inserts, selects: this.#selects });
  }

  /** Compares the set of selected rows with no rows. */
  #waitForRows(table: string, where: unknown, until: '==' | '!='): this {
    this.#operations.push({
      op: 'wait',
      table,
      timeout: 0,
      where: encodeWhere(this.#table(table), table, where),
      columns: ['_uuid'],
      until,
      rows: [],
    });
    return this;
  }

  #table(name: string) {
    return tableOf(this.#schema as DatabaseSchema, name);
  }
}
