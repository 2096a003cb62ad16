import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnValue, TableSchema } from '../schema/database-schema.ts';
import type { RowRef, Uuid } from '../schema/uuid.ts';
import type { OperationResult, WireRow } from '../wire/operations.ts';
import { decodeValue, defaultValue } from '../wire/value-codec.ts';

declare const selectedRow: unique symbol;

/** Stands for the rows that a `select` of the transaction finds. The mark only tells the compiler their type. */
export interface Selected<R> {
  readonly columns: readonly string[];
  readonly [selectedRow]?: R;
}

/** What a committed transaction did. */
export interface CommitResult {
  /** The UUID of a row that the transaction inserted. */
  uuid(ref: RowRef): Uuid;
  /** The rows that a `select` of the transaction found, as the transaction saw them at that point. */
  rows<R>(selected: Selected<R>): R[];
  /** Per operation, in the order of the calls: how many rows it inserted, updated, mutated or deleted; 0 for the others. */
  readonly counts: number[];
}

/** What the operations of a transaction stand for in its result. */
export interface Expected {
  /** The index of the insert by the name it gave. */
  readonly inserts: ReadonlyMap<string, number>;
  readonly selects: ReadonlyMap<Selected<unknown>, { readonly index: number; readonly schema: TableSchema }>;
}

/** Makes the result of a transaction readable. */
export function readCommit(
  results: readonly OperationResult[],
  { inserts, selects }: Expected,
): CommitResult {
  return {
    counts: results.map(({ count, uuid }) => count ?? (uuid ? 1 : 0)),
    uuid: ({ namedUuid }) => {
      const uuid = results[inserts.get(namedUuid) ?? -1]?.uuid?.[1];
      if (uuid === undefined) throw new OvsdbSchemaError(`this transaction did not insert ${namedUuid}`);
      return uuid;
    },
    rows: <R>(selected: Selected<R>) => {
      const select = selects.get(selected);
      if (!select) throw new OvsdbSchemaError('this select is of another transaction');
      const rows = results[select.index]?.rows ?? [];
      return rows.map((row) => readRow(select.schema, selected.columns, row) as R);
    },
  };
}

/** A column that the server does not have shows its default, as in a replica. */
function readRow(schema: TableSchema, columns: readonly string[], wire: WireRow): object {
  const row: Record<string, ColumnValue> = { _uuid: (wire['_uuid'] as readonly [string, string])[1] };
  for (const column of columns) {
    const type = schema.columns[column]?.type;
    const value = wire[column];
    if (type) row[column] = value === undefined ? defaultValue(type) : decodeValue(type, value);
  }
  return Object.freeze(row);
}
