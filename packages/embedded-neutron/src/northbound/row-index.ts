import type { NbTables, TableName, Uuid } from '@ovn-docker/ovsdb';

/** The name of a table of OVN Northbound. */
export type NbTable = TableName<NbTables>;

/** A definition of an index: the keys by which the rows of a table are found. A row may have several. */
export interface RowIndex<T extends NbTable> extends AnyIndex {
  readonly table: T;
  readonly keysOf: (row: NbTables[T]) => readonly string[];
}

/** An index on any table. */
export interface AnyIndex {
  readonly table: NbTable;
  readonly keysOf: (row: never) => readonly string[];
  /**
   * Whether a shared plan is guarded by the rows that it finds here: it takes effect only if they are
   * unchanged. For keys that few rows have, such as ids.
   */
  readonly guarding: boolean;
  /** Whether the keys are stored in their order, too: `Northbound.sortedKeys`. */
  readonly sorted: boolean;
}

/**
 * Defines an index for books and lists.
 *
 * @example
 * const portsByDevice = indexOn('Logical_Switch_Port', ({ external_ids }) =>
 *   present(external_ids['neutron:device_id']),
 * );
 */
export function indexOn<T extends NbTable>(
  table: T,
  keysOf: (row: NbTables[T]) => readonly string[],
): RowIndex<T> {
  return { table, keysOf, guarding: false, sorted: false };
}

/** Defines an index whose rows guard the shared plans that find them. */
export function guardingIndexOn<T extends NbTable>(
  table: T,
  keysOf: (row: NbTables[T]) => readonly string[],
): RowIndex<T> {
  return { table, keysOf, guarding: true, sorted: false };
}

/** Defines the index of a resource's ids, by which lists are sorted. Its rows guard the shared plans too. */
export function idIndexOn<T extends NbTable>(
  table: T,
  keysOf: (row: NbTables[T]) => readonly string[],
): RowIndex<T> {
  return { table, keysOf, guarding: true, sorted: true };
}

/** The keys of an attribute: none if it is absent. */
export const present = (value: string | undefined): readonly string[] =>
  value === undefined ? NONE : [value];

const NONE: readonly string[] = [];

/** The UUIDs of the rows of an index, by key. Most keys have one row, whose UUID is stored without a set. */
export class Buckets {
  readonly #keysOf: (row: never) => readonly string[];
  readonly #buckets = new Map<string, Uuid | Set<Uuid>>();

  constructor(index: AnyIndex) {
    this.#keysOf = index.keysOf;
  }

  add(row: { readonly _uuid: Uuid }): void {
    for (const key of this.#keysOf(row as never)) this.put(key, row._uuid);
  }

  remove(row: { readonly _uuid: Uuid }): void {
    for (const key of this.#keysOf(row as never)) this.drop(key, row._uuid);
  }

  /** Adds an entry. Returns whether it is new. */
  put(key: string, uuid: Uuid): boolean {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, uuid);
    else if (bucket instanceof Set) return bucket.size < bucket.add(uuid).size;
    else if (bucket === uuid) return false;
    else this.#buckets.set(key, new Set([bucket, uuid]));
    return true;
  }

  drop(key: string, uuid: Uuid): void {
    const bucket = this.#buckets.get(key);
    if (bucket === uuid) this.#buckets.delete(key);
    else if (bucket instanceof Set && bucket.delete(uuid) && bucket.size === 0) this.#buckets.delete(key);
  }

  get(key: string): Iterable<Uuid> {
    const bucket = this.#buckets.get(key);
    return typeof bucket === 'string' ? [bucket] : (bucket ?? []);
  }

  count(key: string): number {
    const bucket = this.#buckets.get(key);
    return bucket === undefined ? 0 : typeof bucket === 'string' ? 1 : bucket.size;
  }
}
