import { randomUUID } from 'node:crypto';
import type { ColumnType, TableSchema } from '../schema/database-schema.ts';
import { isUuid } from '../schema/uuid.ts';
import type { Operation, WireRow } from '../wire/operations.ts';
import { defaultValue } from '../wire/value-codec.ts';
import { type Datum, type ResolveName, writeDatum } from './datum.ts';
import type { Draft, MemoryChange } from './draft.ts';
import { Failure, fail } from './failure.ts';
import type { MemoryDatabase } from './memory-database.ts';
import {
  type MemoryRow,
  readColumnNames,
  readColumns,
  readTriple,
  readWhere,
  typeOf,
  writeColumns,
} from './memory-row.ts';
import { type Mutate, readMutation } from './mutate.ts';
import { readOperation } from './read-operation.ts';

/** The outcome of a transaction. */
export type Outcome =
  | { readonly kind: 'done'; readonly results: readonly unknown[]; readonly changes: readonly MemoryChange[] }
  /** A `wait` does not hold yet: the server retries the transaction after each change, for `timeoutMs`. */
  | { readonly kind: 'waiting'; readonly timeoutMs: number; readonly results: readonly unknown[] };

/** Carries out the operations of transact (RFC 7047 §4.1.3) and commits them. */
export function execute(
  database: MemoryDatabase,
  operations: readonly Operation[],
  holdsLock: (name: string) => boolean,
): Outcome {
  const run = new Execution(database, database.begin(), holdsLock);
  const results: unknown[] = [];
  for (const [index, operation] of operations.entries()) {
    try {
      results.push(run.carryOut(readOperation(operation)));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const failed = [...results, error, ...operations.slice(index + 1).map(() => null)];
      const timeoutMs =
        error.code === 'timed out' && operation.op === 'wait'
          ? (operation.timeout ?? Number.POSITIVE_INFINITY)
          : 0;
      if (timeoutMs > 0) return { kind: 'waiting', timeoutMs, results: failed };
      return { kind: 'done', results: failed, changes: [] };
    }
  }
  try {
    return { kind: 'done', results, changes: database.commit(run.draft) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'done', results: [...results, error], changes: [] };
  }
}

class Execution {
  readonly draft: Draft;
  readonly #database: MemoryDatabase;
  readonly #holdsLock: (name: string) => boolean;
  readonly #names = new Map<string, { readonly uuid: string; inserted: boolean }>();

  constructor(database: MemoryDatabase, draft: Draft, holdsLock: (name: string) => boolean) {
    this.#database = database;
    this.draft = draft;
    this.#holdsLock = holdsLock;
  }

  carryOut(operation: Operation): unknown {
    switch (operation.op) {
      case 'insert':
        return this.#insert(operation);
      case 'select': {
        const schema = this.#database.tableSchema(operation.table);
        const columns = readColumnNames(schema, operation.columns) ?? [
          '_uuid',
          '_version',
          ...Object.keys(schema.columns),
        ];
        return { rows: this.#find(operation).map((row) => writeColumns(schema, row, columns)) };
      }
      case 'update':
        return this.#update(operation);
      case 'mutate':
        return this.#mutate(operation);
      case 'delete': {
        const rows = this.#find(operation);
        for (const { uuid } of rows) this.draft.remove(operation.table, uuid);
        return { count: rows.length };
      }
      case 'wait':
        return this.#wait(operation);
      case 'abort':
        return fail('aborted', 'aborted by request');
      case 'assert':
        return this.#holdsLock(operation.lock)
          ? {}
          : fail('not owner', `the lock ${operation.lock} is not held`);
      case 'comment':
      case 'commit':
        return {};
      default:
        return fail('syntax error', `no operation ${JSON.stringify((operation as { op: unknown }).op)}`);
    }
  }

  #insert({ table, row, uuid, 'uuid-name': name }: Extract<Operation, { op: 'insert' }>): unknown {
    const schema = this.#database.tableSchema(table);
    if (uuid !== undefined) {
      if (!isUuid(uuid)) fail('syntax error', 'bad uuid');
      if (this.draft.table(table).has(uuid) || this.#database.table(table).has(uuid))
        fail('duplicate uuid', `${uuid} is taken`);
    }
    const id = name === undefined ? (uuid ?? randomUUID()) : this.#name(name, uuid);
    this.draft.put(table, { uuid: id, columns: readRow(schema, row, this.#resolve) });
    return { uuid: ['uuid', id] };
  }

  #name(name: string, uuid: string | undefined): string {
    const known = this.#names.get(name);
    if (known?.inserted) fail('duplicate uuid-name', `${name} is used twice`);
    const entry = { uuid: known?.uuid ?? uuid ?? randomUUID(), inserted: true };
    this.#names.set(name, entry);
    return entry.uuid;
  }

  /** Resolves a row name, which operations may use before the insert that defines it. */
  readonly #resolve: ResolveName = (name) => {
    const entry = this.#names.get(name) ?? { uuid: randomUUID(), inserted: false };
    this.#names.set(name, entry);
    return entry.uuid;
  };

  #update({ table, where, row }: Extract<Operation, { op: 'update' }>): unknown {
    const schema = this.#database.tableSchema(table);
    const columns = readColumns(schema, row, this.#resolve);
    refuseFixed(schema, Object.keys(row));
    const rows = this.#find({ table, where });
    for (const old of rows) this.draft.put(table, { ...old, columns: { ...old.columns, ...columns } });
    return { count: rows.length };
  }

  #mutate({ table, where, mutations }: Extract<Operation, { op: 'mutate' }>): unknown {
    const schema = this.#database.tableSchema(table);
    const steps = mutations.map((mutation): [string, Mutate] => {
      const [column] = readTriple(mutation, 'mutation');
      const type = typeOf(schema, column);
      refuseFixed(schema, [column]);
      return [column, readMutation(type, mutation, this.#resolve)];
    });
    const rows = this.#find({ table, where });
    for (const row of rows) {
      const columns = { ...row.columns };
      for (const [column, mutate] of steps) columns[column] = mutate(columns[column] ?? new Map());
      this.draft.put(table, { ...row, columns });
    }
    return { count: rows.length };
  }

  #wait({ table, where, columns, until, rows }: Extract<Operation, { op: 'wait' }>): unknown {
    const schema = this.#database.tableSchema(table);
    const names = readColumnNames(schema, columns) ?? Object.keys(schema.columns);
    const show = (row: MemoryRow) =>
      JSON.stringify(names.map((column) => writeColumns(schema, row, [column])[column]));
    const found = new Set(this.#find({ table, where }).map(show));
    const expected = new Set(
      rows.map((row) => {
        const read = readRow(schema, row, this.#resolve);
        return JSON.stringify(
          names.map((column) => writeDatum(typeOf(schema, column), read[column] ?? new Map())),
        );
      }),
    );
    const equal = found.size === expected.size && [...found].every((row) => expected.has(row));
    return equal === (until === '==') ? {} : fail('timed out', '"where" clause test failed');
  }

  #find({ table, where }: Pick<Extract<Operation, { op: 'delete' }>, 'table' | 'where'>): MemoryRow[] {
    const test = readWhere(this.#database.tableSchema(table), where, this.#resolve);
    return [...this.draft.table(table).values()].filter(test);
  }
}

const IMPLICIT = new Set(['_uuid', '_version']);

function refuseFixed(schema: TableSchema, columns: readonly string[]): void {
  for (const column of columns) {
    const { type, mutable = !IMPLICIT.has(column) } = schema.columns[column] ?? {};
    // A weak reference disappears with its row, so the column must be changeable even if the schema says
    // otherwise.
    const weak = type?.key.refType === 'weak' || type?.value?.refType === 'weak';
    if (!mutable && !weak) fail('constraint violation', `the column ${column} cannot be changed`);
  }
}

/** Reads a whole row. Columns that are left out get their default value (RFC 7047 §5.2.1). */
function readRow(schema: TableSchema, row: WireRow, resolve: ResolveName): Record<string, Datum> {
  const defaults = Object.entries(schema.columns).map(
    ([column, { type }]) => [column, defaultDatum(type)] as const,
  );
  return { ...Object.fromEntries(defaults), ...readColumns(schema, row, resolve) };
}

function defaultDatum(type: ColumnType): Datum {
  const value = defaultValue(type);
  return typeof value === 'object' || value === undefined ? new Map() : new Map([[value, true]]);
}
