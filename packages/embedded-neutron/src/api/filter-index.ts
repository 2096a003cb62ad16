import type { AnyIndex } from '../northbound/row-index.ts';

/** Where the items are that can match a filter. */
interface Place {
  readonly index: AnyIndex;
  /** An item that matches has one of these keys. */
  readonly keys: readonly string[];
}

/** Returns where the items are that can match the values of a filter; undefined if no index knows. */
export type FilterIndex = (values: readonly string[]) => Place | undefined;

/** The index contains the attribute; `read` returns a value as it is stored. */
export const by =
  (index: AnyIndex, read: (value: string) => string = (value) => value): FilterIndex =>
  (values) => ({ index, keys: values.map(read) });

/** The index contains each tag of an item, and an item must have all that are listed. */
export const byTags =
  (index: AnyIndex): FilterIndex =>
  ([value = '']) => ({ index, keys: value.split(',').slice(0, 1) });
