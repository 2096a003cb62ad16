import type { NbTables, Uuid } from '@ovn-docker/ovsdb';
import { type AnyIndex, Buckets, type NbTable, type RowIndex } from './row-index.ts';
import type { ReplicaView, View } from './view.ts';

type Row = NbTables[NbTable];

/** A row as the draft shows it; null if a plan has deleted it. */
interface Entry {
  readonly table: NbTable;
  readonly uuid: Uuid;
  readonly row: Row | null | undefined;
}

/**
 * The replica with the changes of the plans of one batch, which are not committed yet. So each plan sees the
 * changes of the plans before it.
 */
export class Draft implements View {
  readonly #base: ReplicaView;
  /** The changed rows by table and UUID; null for a deleted row. */
  readonly #rows = new Map<NbTable, Map<Uuid, Row | null>>();
  /** For each index, the changed rows as they are now, and as they are in the replica. */
  readonly #shown = new Map<AnyIndex, Buckets>();
  readonly #hidden = new Map<AnyIndex, Buckets>();
  /** What each change has replaced, for {@link rollBack}. */
  readonly #journal: Entry[] = [];

  constructor(base: ReplicaView) {
    this.#base = base;
  }

  /** A point to which {@link rollBack} can return. */
  get mark(): number {
    return this.#journal.length;
  }

  /** Undoes the changes since a mark. */
  rollBack(mark: number): void {
    for (const { table, uuid, row } of this.#journal.splice(mark).reverse()) this.#show(table, uuid, row);
  }

  /** Inserts a row, or replaces the row with the same UUID. */
  put<T extends NbTable>(table: T, row: NbTables[T]): void {
    this.#change(table, row._uuid, row);
  }

  remove(table: NbTable, uuid: Uuid): void {
    this.#change(table, uuid, null);
  }

  /** Whether a plan of the batch has inserted, changed or deleted the row. */
  touches(table: NbTable, uuid: Uuid): boolean {
    return this.#rows.get(table)?.has(uuid) ?? false;
  }

  *rows<T extends NbTable>(table: T): Iterable<NbTables[T]> {
    const changed = this.#rows.get(table);
    for (const row of this.#base.rows(table)) if (!changed?.has(row._uuid)) yield row;
    for (const row of changed?.values() ?? []) if (row) yield row as NbTables[T];
  }

  get<T extends NbTable>(table: T, uuid: Uuid): NbTables[T] | undefined {
    const changed = this.#rows.get(table)?.get(uuid);
    return changed === undefined
      ? this.#base.get(table, uuid)
      : ((changed ?? undefined) as NbTables[T] | undefined);
  }

  find<T extends NbTable>(index: RowIndex<T>, key: string): NbTables[T][] {
    const { table } = index;
    const changed = this.#rows.get(table);
    const found = this.#base.find(index, key);
    if (changed === undefined) return found;
    const rows = found.filter((row) => !changed.has(row._uuid));
    const own = this.#bucketsOf(this.#shown, index);
    for (const uuid of own.get(key)) rows.push(changed.get(uuid) as NbTables[T]);
    return rows;
  }

  count(index: AnyIndex, key: string): number {
    const base = this.#base.count(index, key);
    if (!this.#rows.has(index.table)) return base;
    const [shown, hidden] = [this.#bucketsOf(this.#shown, index), this.#bucketsOf(this.#hidden, index)];
    return base - hidden.count(key) + shown.count(key);
  }

  uuids(index: AnyIndex, key: string): readonly Uuid[] {
    const base = this.#base.uuids(index, key);
    if (!this.#rows.has(index.table)) return base;
    return [...new Set([...base, ...this.#bucketsOf(this.#shown, index).get(key)])];
  }

  #change(table: NbTable, uuid: Uuid, row: Row | null): void {
    const before = this.#rows.get(table)?.get(uuid);
    this.#show(table, uuid, row);
    this.#journal.push({ table, uuid, row: before });
  }

  /** Sets what the draft shows of a row; undefined shows the row of the replica. */
  #show(table: NbTable, uuid: Uuid, row: Row | null | undefined): void {
    const rows = this.#rows.get(table) ?? new Map<Uuid, Row | null>();
    const before = rows.get(uuid);
    const base = this.#base.get(table, uuid);
    for (const index of this.#base.indexes) {
      if (index.table !== table) continue;
      const [shown, hidden] = [this.#bucketsOf(this.#shown, index), this.#bucketsOf(this.#hidden, index)];
      if (before) shown.remove(before);
      if (row) shown.add(row);
      if (base && before === undefined) hidden.add(base);
      if (base && row === undefined) hidden.remove(base);
    }
    if (row === undefined) rows.delete(uuid);
    else rows.set(uuid, row);
    if (rows.size === 0) this.#rows.delete(table);
    else this.#rows.set(table, rows);
  }

  #bucketsOf(all: Map<AnyIndex, Buckets>, index: AnyIndex): Buckets {
    const buckets = all.get(index) ?? new Buckets(index);
    all.set(index, buckets);
    return buckets;
  }
}
