import type { Atom, ColumnValue, Row } from '../schema/database-schema.ts';
import type { Uuid } from '../schema/uuid.ts';

/** Finds the rows of a table by the value of a column, or by the value under one key of a map column. */
export class TableIndex {
  readonly column: string;
  readonly key: string | undefined;
  /** The UUIDs by value. Most values have one row, whose UUID is stored without a set. */
  readonly #buckets = new Map<ColumnValue, Uuid | Set<Uuid>>();

  constructor(column: string, key: string | undefined) {
    this.column = column;
    this.key = key;
  }

  /** The indexed value of a row or of a match; undefined when it has none. */
  valueOf(row: Readonly<Record<string, unknown>>): Atom | undefined {
    const value = row[this.column];
    if (this.key === undefined) return value as Atom | undefined;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, this.key)) return undefined;
    return (value as Record<string, Atom>)[this.key];
  }

  add(row: Row): void {
    const value = this.valueOf(row);
    if (value === undefined) return;
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) this.#buckets.set(value, row._uuid);
    else if (typeof bucket === 'string') this.#buckets.set(value, new Set([bucket, row._uuid]));
    else bucket.add(row._uuid);
  }

  remove(row: Row): void {
    const value = this.valueOf(row);
    const bucket = this.#buckets.get(value);
    if (bucket === row._uuid) this.#buckets.delete(value);
    else if (bucket instanceof Set && bucket.delete(row._uuid) && bucket.size === 0)
      this.#buckets.delete(value);
  }

  /** The UUIDs of the rows with this value. */
  find(value: Atom): Iterable<Uuid> {
    const bucket = this.#buckets.get(value);
    return typeof bucket === 'string' ? [bucket] : (bucket ?? []);
  }

  clear(): void {
    this.#buckets.clear();
  }
}
