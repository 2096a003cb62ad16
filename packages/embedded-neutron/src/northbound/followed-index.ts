import type { Change, NbTables, Uuid } from '@ovn-docker/ovsdb';
import { type AnyIndex, Buckets, type NbTable } from './row-index.ts';
import { SortedKeys } from './sorted-keys.ts';

type Row = NbTables[NbTable];

/** A key of an index and a row that has it. */
interface Entry {
  readonly key: string;
  readonly uuid: Uuid;
}

/**
 * The rows of an index by its keys, and its keys in order if lists are sorted by it.
 *
 * While an update is prepared and after it has taken effect, entries of rows exist that do not count: those
 * that the update adds, before it takes effect, and those that it removes, after that. So an update of
 * thousands of rows takes effect at once, although its entries are added and removed in slices.
 */
export class FollowedIndex {
  readonly #keysOf: (row: Row) => readonly string[];
  readonly #buckets: Buckets;
  readonly #sorted: SortedKeys | undefined;
  /** The number of entries that do not count, by key. */
  #idle = new Map<string, number>();
  #added: Entry[] = [];
  #removed: Entry[] = [];

  constructor(index: AnyIndex) {
    this.#keysOf = index.keysOf as (row: Row) => readonly string[];
    this.#buckets = new Buckets(index);
    this.#sorted = index.sorted ? new SortedKeys() : undefined;
  }

  /** Adds a row that counts. */
  add(row: Row): void {
    for (const key of this.#keysOf(row)) this.#insert({ key, uuid: row._uuid });
  }

  /** The rows that may have a key. They have it if {@link settled}, or else if {@link has} says so. */
  uuids(key: string): Iterable<Uuid> {
    return this.#buckets.get(key);
  }

  /** Whether all entries count. */
  get settled(): boolean {
    return this.#idle.size === 0;
  }

  has(row: Row, key: string): boolean {
    return this.#keysOf(row).includes(key);
  }

  count(key: string): number {
    return this.#buckets.count(key) - (this.#idle.get(key) ?? 0);
  }

  /** All keys of the index in order, among them those of entries that do not count. */
  get sortedKeys(): readonly string[] {
    return this.#sorted?.keys ?? [];
  }

  /** Adds the entries of a change that will take effect, and notes those that it will remove. */
  prepare({ uuid, old, new: row }: Change<NbTables>): void {
    const [before, after] = [old ? this.#keysOf(old) : NONE, row ? this.#keysOf(row) : NONE];
    for (const key of after) {
      if (before.includes(key)) continue;
      const entry = { key, uuid };
      if (!this.#insert(entry)) continue;
      this.#added.push(entry);
      count(this.#idle, key, 1);
    }
    for (const key of new Set(before)) if (!after.includes(key)) this.#removed.push({ key, uuid });
  }

  /** Lets the prepared changes take effect. */
  publish(): void {
    if (this.#added.length > 0) this.#added = [];
    this.#idle.clear();
    for (const { key } of this.#removed) count(this.#idle, key, 1);
  }

  /** Gives up the prepared changes. */
  cancel(): void {
    this.#removed = this.#added;
    this.#added = [];
  }

  /** Removes one of the entries that no longer count. Returns whether there was one. */
  settleOne(): boolean {
    const entry = this.#removed.pop();
    if (entry === undefined) return false;
    this.#buckets.drop(entry.key, entry.uuid);
    if (this.#buckets.count(entry.key) === 0) this.#sorted?.remove(entry.key);
    count(this.#idle, entry.key, -1);
    return true;
  }

  /** Returns whether the entry is new. */
  #insert({ key, uuid }: Entry): boolean {
    this.#sorted?.add(key);
    return this.#buckets.put(key, uuid);
  }
}

const NONE: readonly string[] = [];

/** Adds to a count. One of 0 is removed. */
function count(counts: Map<string, number>, key: string, change: number): void {
  const sum = (counts.get(key) ?? 0) + change;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
