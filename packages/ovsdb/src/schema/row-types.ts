import type { Ref, RefTarget, RowRef, Uuid } from './uuid.ts';

/** The names of the tables of a schema. */
export type TableName<Tables> = keyof Tables & string;

/** The names of the columns of a row, without `_uuid`. */
export type ColumnName<R> = Exclude<keyof R & string, '_uuid'>;

/** What may be written for one atom: a reference may also be to a row that the transaction inserts. */
export type WritableAtom<V> = V extends string
  ? [RefTarget<V>] extends [never]
    ? V
    : Ref<RefTarget<V>> | RowRef
  : V;

/**
 * What may be written to a column that is read as `V`: the same, and where the column refers to rows also rows that
 * the transaction inserts.
 */
export type Writable<V> = V extends string | number | boolean | undefined
  ? WritableAtom<V>
  : V extends readonly (infer E)[]
    ? readonly WritableAtom<E>[]
    : V extends Readonly<Record<string, infer E>>
      ? Readonly<Record<string, WritableAtom<E>>>
      : never;

/**
 * The columns of an insert or update. `undefined` empties an optional column; for any other column it is the same as
 * leaving it out.
 */
export type ColumnValues<R> = { readonly [C in ColumnName<R>]?: Writable<R[C]> | undefined };

/** Values to compare columns with. Here `undefined` stands only for an optional column that is empty. */
export type ColumnMatch<R> = { readonly [C in ColumnName<R>]?: Writable<R[C]> };

/** What may be taken out of a collection: elements of a set; pairs or keys of a map. */
export type Removable<V> = V extends readonly unknown[] ? Writable<V> : Writable<V> | readonly string[];

/** The columns that are sets (more than one element) or maps. */
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
 * Which rows an operation is about: one row by UUID or by reference, all rows whose columns equal these values
 * (map columns: hold these pairs, perhaps among others), or all rows for which every condition holds (`[]`: all rows).
 * An object without any column is refused.
 */
export type Where<R> = Uuid | RowRef | ColumnMatch<R> | readonly Condition<R>[];
