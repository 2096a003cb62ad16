import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnValue, TableSchema } from '../schema/database-schema.ts';
import type { RowRef, Uuid } from '../schema/uuid.ts';
import type { OperationResult, WireRow } from '../wire/operations.ts';
import { decodeValue, defaultValue } from '../wire/value-codec.ts';

declare const selectedRow: unique symbol;

/**
 * A handle for the rows that a `select` finds; `CommitResult.rows` reads them. `R` exists only for the
 * compiler.
 */
export interface Selected<R> {
  readonly columns: readonly string[];
  readonly [selectedRow]?: R;
}

/** The result of a committed transaction. */
export interface CommitResult {
  /**
   * The UUID of a row that the transaction inserted.
   *
   * @throws OvsdbSchemaError when `ref` belongs to another transaction
   */
  uuid(ref: RowRef): Uuid;
  /**
   * The rows that a `select` of the transaction found, as the transaction saw them at that point.
   *
   * @throws OvsdbSchemaError when `selected` belongs to another transaction
   */
  rows<R>(selected: Selected<R>): R[];
  /**
   * Per operation, in the order of the calls: the number of rows that it inserted, updated, mutated or
   * deleted; 0 for the other operations.
   */
  readonly counts: number[];
}

/** The inserts and selects of a transaction, to find their results. */
export interface Expected {
  /** The index of the insert operation, by the row's name in the transaction. */
  readonly inserts: ReadonlyMap<string, number>;
  readonly selects: ReadonlyMap<Selected<unknown>, { readonly index: number; readonly schema: TableSchema }>;
}

/** Reads the server's results of a transaction. */
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

/** Reads a selected row. A column that the server's schema lacks shows its default, as in a replica. */
function readRow(schema: TableSchema, columns: readonly string[], wire: WireRow): object {
  const row: Record<string, ColumnValue> = { _uuid: (wire['_uuid'] as readonly [string, string])[1] };
  for (const column of columns) {
    const type = schema.columns[column]?.type;
    const value = wire[column];
    if (type) row[column] = value === undefined ? defaultValue(type) : decodeValue(type, value);
  }
  return Object.freeze(row);
}
