import type { Uuid } from './uuid.ts';

/** RFC 7047 §3.2 `<atomic-type>`. */
export type AtomicType = 'integer' | 'real' | 'boolean' | 'string' | 'uuid';

/** A value of one atomic type, as a row shows it: UUIDs are strings. */
export type Atom = number | boolean | string;

/** RFC 7047 §3.2 `<base-type>` in its long form. */
export interface BaseType {
  readonly type: AtomicType;
  /** The only values allowed. */
  readonly enum?: readonly Atom[];
  readonly minInteger?: number;
  readonly maxInteger?: number;
  readonly minReal?: number;
  readonly maxReal?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The table that a `uuid` refers to. */
  readonly refTable?: string;
  readonly refType?: 'strong' | 'weak';
}

/**
 * RFC 7047 §3.2 `<type>` in its long form, with `min` and `max` always present (`Infinity` for "unlimited").
 */
export interface ColumnType {
  readonly key: BaseType;
  /** Present for a map. */
  readonly value?: BaseType;
  readonly min: number;
  readonly max: number;
}

/** RFC 7047 §3.2 `<column-schema>`. */
export interface ColumnSchema {
  readonly type: ColumnType;
  readonly ephemeral: boolean;
  readonly mutable: boolean;
}

/** RFC 7047 §3.2 `<table-schema>`. */
export interface TableSchema {
  readonly columns: Readonly<Record<string, ColumnSchema>>;
  readonly maxRows: number;
  readonly isRoot: boolean;
  /** Each index is a set of columns whose values together are unique in the table. */
  readonly indexes: readonly (readonly string[])[];
}

declare const tableTypes: unique symbol;

/**
 * RFC 7047 §3.2 `<database-schema>`. `Tables` maps each table's name to the type of its rows; it exists only
 * for the compiler.
 */
export interface DatabaseSchema<Tables = Record<string, Row>> {
  readonly name: string;
  readonly version: string;
  readonly tables: Readonly<Record<string, TableSchema>>;
  readonly [tableTypes]?: Tables;
}

/** The value of a column as a replica shows it. */
export type ColumnValue = Atom | readonly Atom[] | Readonly<Record<string, Atom>> | undefined;

/** A row of a table whose columns the compiler does not know. */
export interface Row {
  readonly _uuid: Uuid;
  readonly [column: string]: ColumnValue;
}
