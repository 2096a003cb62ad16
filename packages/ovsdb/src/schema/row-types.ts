import type { Ref, RefTarget, RowRef, Uuid } from './uuid.ts';

/** The names of the tables of a schema. */
export type TableName<Tables> = keyof Tables & string;

/** The names of the columns of a row, without `_uuid`. */
export type ColumnName<R> = Exclude<keyof R & string, '_uuid'>;

/** The type of an atom to write: as read, or for a reference also a row that the same transaction inserts. */
export type WritableAtom<V> = V extends string
  ? [RefTarget<V>] extends [never]
    ? V
    : Ref<RefTarget<V>> | RowRef
  : V;

/**
 * The type of a value to write to a column whose values are read as `V`. It is the same type, except that a
 * column that refers to rows also accepts rows that the same transaction inserts.
 */
export type Writable<V> = V extends string | number | boolean | undefined
  ? WritableAtom<V>
  : V extends readonly (infer E)[]
    ? readonly WritableAtom<E>[]
    : V extends Readonly<Record<string, infer E>>
      ? Readonly<Record<string, WritableAtom<E>>>
      : never;

/**
 * The columns of an insert or update. `undefined` empties an optional column; any other column with
 * `undefined` is left out.
 */
export type ColumnValues<R> = { readonly [C in ColumnName<R>]?: Writable<R[C]> | undefined };

/**
 * Values to compare columns with. `undefined` is allowed only for an optional column and means that it is
 * empty.
 */
export type ColumnMatch<R> = { readonly [C in ColumnName<R>]?: Writable<R[C]> };

/** The type of what `delete` removes from a column: elements of a set; pairs or keys of a map. */
export type Removable<V> = V extends readonly unknown[] ? Writable<V> : Writable<V> | readonly string[];

/** The columns that are sets of more than one element, or maps. */
export type CollectionColumn<R> = {
  [C in ColumnName<R>]: R[C] extends readonly unknown[] | Readonly<Record<string, unknown>> ? C : never;
}[ColumnName<R>];

/** The columns that are numbers or sets of numbers. */
export type NumericColumn<R> = {
  [C in ColumnName<R>]: NonNullable<R[C]> extends number | readonly number[] ? C : never;
}[ColumnName<R>];

/** RFC 7047 §5.1 `<function>`. */
export type ConditionFunction = '<' | '<=' | '==' | '!=' | '>=' | '>' | 'includes' | 'excludes';

/** RFC 7047 §5.1 `<condition>`: column, function, value. The value is written as rows show it. */
export type Condition<R> = {
  readonly [C in keyof R & string]: readonly [
    column: C,
    fn: ConditionFunction,
    value: Writable<R[C]> | RowRef,
  ];
}[keyof R & string];

/**
 * Selects the rows of an operation:
 *
 * - a UUID or a `RowRef`: that row
 * - an object: all rows whose columns equal these values; a map column matches when it contains these pairs.
 *   An object without columns is refused.
 * - a list: all rows for which every condition holds; `[]` selects all rows
 */
export type Where<R> = Uuid | RowRef | ColumnMatch<R> | readonly Condition<R>[];
