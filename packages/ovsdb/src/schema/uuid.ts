/** The UUID of a row or of a transaction: 36 characters, lower case, as RFC 7047 §3.1 `<uuid>` writes it. */
export type Uuid = string;

declare const refTable: unique symbol;

/**
 * The UUID of a row of `Table`. At run time, and for assignment in both directions, it is a plain string; the mark
 * only tells the compiler which table a column refers to, so that `replica.resolve` knows the type of the row.
 */
export type Ref<Table extends string> = string & { readonly length: number; readonly [refTable]?: Table };

/** The table that a column's value refers to; `never` when the value is no reference. */
export type RefTarget<V> = V extends { readonly length: number; readonly [refTable]?: infer Table }
  ? unknown extends Table
    ? never
    : Exclude<Table, undefined>
  : never;

/**
 * A row that the same transaction inserts (RFC 7047 §5.1 `<named-uuid>`). Usable in a write wherever a reference to
 * a row is expected, and in `where`.
 */
export interface RowRef {
  readonly namedUuid: string;
}

/** The all-zero UUID: "no transaction yet" in monitor_cond_since. */
export const ZERO_UUID: Uuid = '00000000-0000-0000-0000-000000000000';

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `value` is written like a UUID. */
export function isUuid(value: unknown): value is Uuid {
  return typeof value === 'string' && PATTERN.test(value);
}

/** Whether `value` is a reference made by `Transaction.insert`. */
export function isRowRef(value: unknown): value is RowRef {
  return typeof value === 'object' && value !== null && typeof (value as RowRef).namedUuid === 'string';
}
