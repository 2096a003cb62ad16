import { OvsdbSchemaError } from '../errors.ts';
import type { ColumnType, TableSchema } from '../schema/database-schema.ts';
import type { CollectionColumn, NumericColumn, Removable, Writable } from '../schema/row-types.ts';
import type { WireMutation, WireValue } from '../wire/operations.ts';
import { encodeAtom, encodeValue, keyFromText } from '../wire/value-codec.ts';
import { columnTypeOf } from './where.ts';

/** RFC 7047 §5.1 `<mutation>`, grouped by mutator. */
export interface Mutations<R> {
  /**
   * Adds elements to set columns and pairs to map columns. A key that is already in the map keeps its value.
   */
  readonly insert?: { readonly [C in CollectionColumn<R>]?: Writable<R[C]> };
  /** Removes elements from set columns; keys or pairs from map columns. */
  readonly delete?: { readonly [C in CollectionColumn<R>]?: Removable<R[C]> };
  /**
   * Adds numbers to integer and real columns; in a set, to each of its elements. The other four do likewise.
   */
  readonly add?: Operands<R>;
  readonly subtract?: Operands<R>;
  readonly multiply?: Operands<R>;
  /** Integers are divided toward zero, as in C. Division by zero fails with "domain error". */
  readonly divide?: Operands<R>;
  /** For integer columns only. The result has the sign of the dividend. */
  readonly remainder?: Operands<R>;
}

/** Numbers to calculate with, by column. */
export type Operands<R> = { readonly [C in NumericColumn<R>]?: number };

const ARITHMETIC = { add: '+=', subtract: '-=', multiply: '*=', divide: '/=', remainder: '%=' } as const;

type Groups = { readonly [group in 'insert' | 'delete' | keyof typeof ARITHMETIC]?: object };

/**
 * Writes mutations in the order delete, insert, then arithmetic as `Mutations` lists it, so that deleting a
 * key and inserting it replaces its value.
 */
export function encodeMutations(schema: TableSchema, table: string, groups: Groups): WireMutation[] {
  const each = (
    group: object | undefined,
    mutator: string,
    encode: (type: ColumnType, value: unknown, name: string) => WireValue,
  ) =>
    Object.entries(group ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([column, value]): WireMutation => {
        const type = columnTypeOf(schema, table, column);
        return [column, mutator, encode(type, value, `${table}.${column}`)];
      });
  return [
    ...each(groups.delete, 'delete', encodeRemoval),
    ...each(groups.insert, 'insert', encodeValue),
    ...Object.entries(ARITHMETIC).flatMap(([group, mutator]) =>
      each(groups[group as keyof typeof ARITHMETIC], mutator, encodeOperand),
    ),
  ];
}

/**
 * Writes the operand of a calculation. The server checks the result, not the operand, against the column's
 * limits.
 */
function encodeOperand({ key: { type } }: ColumnType, value: unknown, name: string): WireValue {
  if (type !== 'integer' && type !== 'real') throw new OvsdbSchemaError(`${name} holds no numbers`);
  return encodeAtom({ type }, value, name);
}

/** Writes the argument of `delete`: for a map, keys or pairs (RFC 7047 §5.1 `<mutation>`). */
function encodeRemoval(type: ColumnType, value: unknown, name: string): WireValue {
  if (type.value && Array.isArray(value)) {
    return ['set', value.map((key) => encodeAtom(type.key, keyFromText(type.key, key), name))];
  }
  return encodeValue(type, value, name);
}
