import type { Change, NbTables, Replica, Uuid } from '@ovn-docker/ovsdb';
import { type AnyIndex, Buckets, type NbTable, type RowIndex } from './row-index.ts';
import { pause } from './slices.ts';
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

/** The rows of an index by its keys, and its keys in order if lists are sorted by it. */
interface Indexed {
  readonly keysOf: (row: never) => readonly string[];
  readonly buckets: Buckets;
  readonly sorted: SortedKeys | undefined;
}

/** The replica with its indexes, which follow its changes. */
export class ReplicaView implements View {
  readonly #replica: Replica<NbTables>;
  readonly #indexes = new Map<AnyIndex, Indexed>();
  readonly #byTable: ReadonlyMap<string, readonly Indexed[]>;
  /** The changes that have arrived while {@link build} worked. */
  #missed: Change<NbTables>[] | undefined = [];

  constructor(replica: Replica<NbTables>, indexes: Iterable<AnyIndex>) {
    this.#replica = replica;
    for (const index of indexes) {
      const { keysOf, sorted } = index;
      this.#indexes.set(index, {
        keysOf,
        buckets: new Buckets(index),
        sorted: sorted ? new SortedKeys() : undefined,
      });
    }
    const entries = Map.groupBy(this.#indexes, ([{ table }]) => table as string);
    this.#byTable = new Map([...entries].map(([table, list]) => [table, list.map(([, each]) => each)]));
    replica.on('change', (changes) => {
      if (this.#missed) this.#missed.push(...changes);
      else for (const change of changes) this.#follow(change);
    });
  }

  /** Fills the indexes with the rows of the replica. The view is complete when this resolves. */
  async build(): Promise<void> {
    const tables = [...this.#byTable].map(
      ([table, indexes]) => [indexes, [...this.#replica.rows(table as NbTable).values()]] as const,
    );
    for (const [indexes, rows] of tables) {
      for (const row of rows) {
        for (const index of indexes) add(index, row);
        await pause();
      }
    }
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const change of missed) this.#follow(change);
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
    return this.#indexed(index).buckets.count(key);
  }

  /** All keys of an index of ids, sorted. */
  sortedKeys(index: AnyIndex): readonly string[] {
    return this.#indexed(index).sorted?.keys ?? [];
  }

  uuids(index: AnyIndex, key: string): Iterable<Uuid> {
    return this.#indexed(index).buckets.get(key);
  }

  #follow(change: Change<NbTables>): void {
    const { old, new: row } = change;
    for (const index of this.#byTable.get(change.table) ?? []) {
      if (old && row && hasSameKeys(index, old, row)) continue;
      if (old) remove(index, old);
      if (row) add(index, row);
    }
  }

  #indexed(index: AnyIndex): Indexed {
    const indexed = this.#indexes.get(index);
    if (!indexed) throw new Error(`an index on ${index.table} is missing in NbRows.indexes`);
    return indexed;
  }
}

type Row = NbTables[NbTable];

function add({ buckets, sorted, keysOf }: Indexed, row: Row): void {
  buckets.add(row);
  if (sorted) for (const key of keysOf(row as never)) sorted.add(key);
}

function remove({ buckets, sorted, keysOf }: Indexed, row: Row): void {
  buckets.remove(row);
  if (sorted) for (const key of keysOf(row as never)) sorted.remove(key);
}

function hasSameKeys({ keysOf }: Indexed, old: Row, row: Row): boolean {
  const [before, after] = [keysOf(old as never), keysOf(row as never)];
  return before.length === after.length && before.every((key, index) => key === after[index]);
}
