/** The UUID of a row or of a transaction: 36 characters, lower case, as RFC 7047 §3.1 `<uuid>` writes it. */
export type Uuid = string;

declare const refTable: unique symbol;

/**
 * The UUID of a row of `Table`. At run time, and for assignment in both directions, it is a plain string. The
 * type only tells the compiler which table a column refers to, so that `replica.resolve` knows the type of
 * the row.
 */
export type Ref<Table extends string> = string & { readonly length: number; readonly [refTable]?: Table };

/** The table that a column's value refers to; `never` when the value is not a reference. */
export type RefTarget<V> = V extends { readonly length: number; readonly [refTable]?: infer Table }
  ? unknown extends Table
    ? never
    : Exclude<Table, undefined>
  : never;

/**
 * A row that the same transaction inserts (RFC 7047 §5.1 `<named-uuid>`). `Transaction.insert` returns it. A
 * write accepts it wherever a column refers to a row, and so does `where`.
 */
export interface RowRef {
  readonly namedUuid: string;
}

/** The all-zero UUID. In monitor_cond_since (ovsdb-server(7) §4.1.15) it means "no transaction yet". */
export const ZERO_UUID: Uuid = '00000000-0000-0000-0000-000000000000';

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether `value` is a string that is written as a UUID (RFC 7047 §3.1 `<uuid>`), in upper or lower case.
 *
 * @example
 * ```ts
 * isUuid('01234567-89ab-4cde-8f01-23456789abcd'); // true
 * isUuid('LS1'); // false
 * ```
 */
export function isUuid(value: unknown): value is Uuid {
  return typeof value === 'string' && PATTERN.test(value);
}

/**
 * Whether `value` is a reference that `Transaction.insert` returned.
 *
 * @example
 * ```ts
 * const port = replica.transaction().insert('Logical_Switch_Port', { name: 'p1' });
 * isRowRef(port); // true
 * ```
 */
export function isRowRef(value: unknown): value is RowRef {
  return typeof value === 'object' && value !== null && typeof (value as RowRef).namedUuid === 'string';
}
