import type { Change, NbTables, Replica, Uuid } from '@ovn-docker/ovsdb';
import { type AnyIndex, Buckets, type NbTable, type RowIndex } from './row-index.ts';
import { SortedKeys } from './sorted-keys.ts';

/** A state of OVN Northbound to read: the replica, or a draft on top of it. */
export interface View {
  /** All rows of a table. A shared plan may not ask for them. */
  rows<T extends NbTable>(table: T): Iterable<NbTables[T]>;
  get<T extends NbTable>(table: T, uuid: Uuid): NbTables[T] | undefined;
  /** The rows with a key of an index. */
  find<T extends NbTable>(index: RowIndex<T>, key: string): NbTables[T][];
  /** The number of rows with a key of an index. */
  count(index: AnyIndex, key: string): number;
}

/** The replica with its indexes, which follow its changes. */
export class ReplicaView implements View {
  readonly #replica: Replica<NbTables>;
  readonly #indexes = new Map<AnyIndex, Buckets>();
  /** The keys of the indexes by which lists are sorted. */
  readonly #sorted = new Map<AnyIndex, SortedKeys>();
  readonly #byTable: Map<string, Buckets[]>;

  constructor(replica: Replica<NbTables>, indexes: Iterable<AnyIndex>) {
    this.#replica = replica;
    for (const index of indexes) this.#indexes.set(index, new Buckets(index));
    const entries = Map.groupBy(this.#indexes, ([{ table }]) => table as string);
    this.#byTable = new Map([...entries].map(([table, list]) => [table, list.map(([, each]) => each)]));
    for (const [table, buckets] of this.#byTable) {
      for (const row of replica.rows(table as NbTable).values()) for (const each of buckets) each.add(row);
    }
    replica.on('change', (changes) => {
      for (const change of changes) this.#follow(change);
    });
  }

  get indexes(): Iterable<AnyIndex> {
    return this.#indexes.keys();
  }

  rows<T extends NbTable>(table: T): Iterable<NbTables[T]> {
    return this.#replica.rows(table).values();
  }

  get<T extends NbTable>(table: T, uuid: Uuid): NbTables[T] | undefined {
    return this.#replica.get(table, uuid);
  }

  find<T extends NbTable>(index: RowIndex<T>, key: string): NbTables[T][] {
    const rows: NbTables[T][] = [];
    for (const uuid of this.uuids(index, key)) {
      const row = this.#replica.get(index.table, uuid);
      if (row) rows.push(row);
    }
    return rows;
  }

  count(index: AnyIndex, key: string): number {
    return this.#buckets(index).count(key);
  }

  /** All keys of an index, sorted. The array is valid until the next turn of the event loop. */
  sortedKeys(index: AnyIndex): readonly string[] {
    const known = this.#sorted.get(index);
    if (known) return known.keys;
    const sorted = new SortedKeys();
    for (const row of this.#replica.rows(index.table).values()) {
      for (const key of index.keysOf(row as never)) sorted.add(key);
    }
    this.#sorted.set(index, sorted);
    return sorted.keys;
  }

  uuids(index: AnyIndex, key: string): Iterable<Uuid> {
    return this.#buckets(index).get(key);
  }

  #follow(change: Change<NbTables>): void {
    const { old, new: row } = change;
    for (const buckets of this.#byTable.get(change.table) ?? []) {
      if (old && row) buckets.replace(old, row);
      else if (old) buckets.remove(old);
      else if (row) buckets.add(row);
    }
    for (const [{ table, keysOf }, sorted] of this.#sorted) {
      if (table !== change.table) continue;
      if (old) for (const key of keysOf(old as never)) sorted.remove(key);
      if (row) for (const key of keysOf(row as never)) sorted.add(key);
    }
  }

  #buckets(index: AnyIndex): Buckets {
    const buckets = this.#indexes.get(index);
    if (!buckets) throw new Error(`an index on ${index.table} is missing in NbRows.indexes`);
    return buckets;
  }
}
