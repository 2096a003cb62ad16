import type { Change, NbTables, Replica, Uuid } from '@ovn-docker/ovsdb';
import { FollowedIndex } from './followed-index.ts';
import type { AnyIndex, NbTable, RowIndex } from './row-index.ts';
import { pause } from './slices.ts';

/** A state of OVN Northbound to read: the replica, or a draft on top of it. */
export interface View {
  /** All rows of a table. A shared plan may not ask for them. */
  rows<T extends NbTable>(table: T): Iterable<NbTables[T]>;
  get<T extends NbTable>(table: T, uuid: Uuid): NbTables[T] | undefined;
  /** The rows with a key of an index. */
  find<T extends NbTable>(index: RowIndex<T>, key: string): NbTables[T][];
  /** The number of rows with a key of an index. */
  count(index: AnyIndex, key: string): number;
  /** The UUIDs of the rows that have a key of an index now, and perhaps of others. See {@link eachRow}. */
  uuids(index: AnyIndex, key: string): readonly Uuid[];
}

/**
 * The rows with a key of an index, one after the other: for long plans, which give others turns of the event
 * loop between the rows. Each row is as the view shows it in that moment.
 */
export function* eachRow<T extends NbTable>(
  view: View,
  index: RowIndex<T>,
  key: string,
): Generator<NbTables[T], void> {
  for (const uuid of view.uuids(index, key)) {
    const row = view.get(index.table, uuid);
    if (row && index.keysOf(row).includes(key)) yield row;
  }
}

/** This many entries of an update are removed at once. More are removed in slices. */
const FEW = 256;

type Changes = readonly Change<NbTables>[];

/** The replica with its indexes, which follow its changes. */
export class ReplicaView implements View {
  readonly #replica: Replica<NbTables>;
  readonly #indexes: ReadonlyMap<AnyIndex, FollowedIndex>;
  readonly #byTable: ReadonlyMap<string, readonly FollowedIndex[]>;
  /** The changes that have arrived while {@link build} worked. */
  #missed: Changes[] | undefined = [];
  /** The update whose entries are in the indexes, before it takes effect. */
  #prepared: Changes | undefined;

  constructor(replica: Replica<NbTables>, indexes: Iterable<AnyIndex>) {
    this.#replica = replica;
    this.#indexes = new Map([...indexes].map((index) => [index, new FollowedIndex(index)]));
    const entries = Map.groupBy(this.#indexes, ([{ table }]) => table as string);
    this.#byTable = new Map([...entries].map(([table, list]) => [table, list.map(([, each]) => each)]));
    replica.prepare((changes) => this.#prepare(changes));
    replica.on('change', (changes) => {
      if (this.#missed) this.#missed.push(changes);
      else this.#follow(changes);
    });
  }

  /** Fills the indexes with the rows of the replica. The view is complete when this resolves. */
  async build(): Promise<void> {
    const tables = [...this.#byTable].map(
      ([table, indexes]) => [indexes, [...this.#replica.rows(table as NbTable).values()]] as const,
    );
    for (const [indexes, rows] of tables) {
      for (const row of rows) {
        for (const index of indexes) index.add(row);
        await pause();
      }
    }
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const changes of missed) this.#follow(changes);
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
    const followed = this.#followed(index);
    const rows: NbTables[T][] = [];
    for (const uuid of followed.uuids(key)) {
      const row = this.#replica.get(index.table, uuid);
      if (row && (followed.settled || followed.has(row, key))) rows.push(row);
    }
    return rows;
  }

  count(index: AnyIndex, key: string): number {
    return this.#followed(index).count(key);
  }

  uuids(index: AnyIndex, key: string): readonly Uuid[] {
    return [...this.#followed(index).uuids(key)];
  }

  /** All keys of an index of ids, sorted. There may be others whose rows come or have gone in this moment. */
  sortedKeys(index: AnyIndex): readonly string[] {
    return this.#followed(index).sortedKeys;
  }

  /** Prepares the indexes for an update, index by index: a Map that grows takes milliseconds. */
  *#prepare(changes: Changes): Generator<void, void> {
    if (this.#missed) return;
    for (const index of this.#indexes.values()) while (index.settleOne()) yield;
    let complete = false;
    try {
      for (const [table, ofTable] of Map.groupBy(changes, (change) => change.table)) {
        for (const index of this.#byTable.get(table) ?? []) {
          for (const change of ofTable) {
            index.prepare(change);
            yield;
          }
        }
      }
      complete = true;
    } finally {
      if (complete) this.#prepared = changes;
      else for (const index of this.#indexes.values()) index.cancel();
    }
  }

  /** Lets an update take effect. One that has come while the indexes were built is not prepared. */
  #follow(changes: Changes): void {
    if (this.#prepared !== changes) for (const _ of this.#prepare(changes));
    this.#prepared = undefined;
    for (const index of this.#indexes.values()) index.publish();
    let left = FEW;
    for (const index of this.#indexes.values()) while (left > 0 && index.settleOne()) left -= 1;
    if (left === 0) void this.#settle();
  }

  /** Removes the entries that no longer count, unless {@link #prepare} is faster. */
  async #settle(): Promise<void> {
    for (const index of this.#indexes.values()) while (index.settleOne()) await pause();
  }

  #followed(index: AnyIndex): FollowedIndex {
    const followed = this.#indexes.get(index);
    if (!followed) throw new Error(`an index on ${index.table} is missing in NbRows.indexes`);
    return followed;
  }
}
