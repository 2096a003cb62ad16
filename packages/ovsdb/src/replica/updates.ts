import { OvsdbProtocolError } from '../errors.ts';
import type { Row } from '../schema/database-schema.ts';
import type { Uuid } from '../schema/uuid.ts';
import { segmentsOf } from '../wire/message-parts.ts';
import type { WireRow } from '../wire/operations.ts';
import { unknownRow } from './row-codec.ts';
import type { TableStore } from './table-store.ts';

/** A changed row, whatever its table. */
export interface RowChange {
  readonly table: string;
  readonly uuid: Uuid;
  readonly kind: 'insert' | 'modify' | 'delete';
  readonly old?: Row;
  readonly new?: Row;
}

/** `<row-update2>` (ovsdb-server(7) §4.1.14) and `<row-update>` (RFC 7047 §4.1.6) in one. */
interface RowUpdate {
  readonly initial?: WireRow;
  readonly insert?: WireRow;
  readonly modify?: WireRow;
  readonly delete?: WireRow | null;
  readonly new?: WireRow;
  readonly old?: WireRow;
}

/** `<table-updates2>` or `<table-updates>`. */
export type TableUpdates = Readonly<Record<string, Readonly<Record<Uuid, RowUpdate>>>>;

type Stores = ReadonlyMap<string, TableStore>;

/** So many rows between two looks at the clock. */
const ROWS_PER_STEP = 64;

/** Takes a snapshot, portion by portion. No row is in two portions. */
export interface SnapshotSink {
  take(portion: TableUpdates): void;
  /** What the whole snapshot changes in the stores. */
  finish(): RowChange[];
}

/** A first snapshot goes straight into empty stores: nobody sees them yet. */
export function loadingSink(stores: Stores): SnapshotSink {
  for (const store of stores.values()) store.clear();
  return {
    take(portion) {
      for (const [store, uuid, update] of rowUpdates(stores, portion)) {
        store?.put(store.codec.decode(uuid, wholeRow(store, uuid, update)));
      }
    },
    finish: () => [],
  };
}

/** A new snapshot is compared with stores that hold rows already. */
export function comparingSink(stores: Stores): SnapshotSink {
  const changes: RowChange[] = [];
  const seen = new Map([...stores.values()].map((store) => [store, new Set<Uuid>()]));
  return {
    take(portion) {
      for (const [store, uuid, update] of rowUpdates(stores, portion)) {
        if (!store) continue;
        seen.get(store)?.add(uuid);
        addReplacement(changes, store, store.codec.decode(uuid, wholeRow(store, uuid, update)));
      }
    },
    finish() {
      for (const [store, uuids] of seen) {
        for (const old of store.rows.values()) {
          if (!uuids.has(old._uuid))
            changes.push({ table: store.name, uuid: old._uuid, kind: 'delete', old });
        }
      }
      return changes;
    },
  };
}

/** What happened since a transaction that the stores are at. */
export function resumingSink(stores: Stores): SnapshotSink {
  const changes: RowChange[] = [];
  return {
    take(portion) {
      for (const [store, uuid, update] of rowUpdates(stores, portion))
        if (store) addUpdate(changes, store, uuid, update);
    },
    finish: () => changes,
  };
}

/** What an update changes. */
export function* readUpdates(stores: Stores, updates: TableUpdates): Generator<void, RowChange[]> {
  const changes: RowChange[] = [];
  for (const [store, uuid, update] of rowUpdates(stores, updates)) {
    if (store === undefined) {
      yield;
      continue;
    }
    addUpdate(changes, store, uuid, update);
  }
  return changes;
}

/** Makes the stores show the changes. */
export function applyChanges(stores: Stores, changes: readonly RowChange[]): void {
  for (const { table, old, new: row } of changes) {
    const store = stores.get(table);
    if (row) store?.put(row);
    else if (old) store?.remove(old);
  }
}

/** Each row of an update; now and then an empty entry, at which the caller may pause. */
function* rowUpdates(
  stores: Stores,
  updates: TableUpdates,
): Generator<readonly [TableStore, Uuid, RowUpdate] | readonly [undefined]> {
  let steps = 0;
  for (const tables of segmentsOf(updates)) {
    for (const table of Object.keys(tables)) {
      const store = stores.get(table);
      if (!store) throw new OvsdbProtocolError(`the server sent table ${table}, which was not asked for`);
      for (const rows of segmentsOf(tables[table] ?? {})) {
        for (const uuid in rows) {
          yield [store, uuid, rows[uuid] as RowUpdate];
          if (++steps % ROWS_PER_STEP === 0) yield [undefined];
        }
      }
    }
  }
}

function wholeRow(store: TableStore, uuid: Uuid, { initial, insert, new: row }: RowUpdate): WireRow {
  return initial ?? insert ?? row ?? unknownRow(store.name, uuid);
}

function addUpdate(changes: RowChange[], store: TableStore, uuid: Uuid, update: RowUpdate): void {
  const whole = update.initial ?? update.insert ?? update.new;
  const old = store.rows.get(uuid);
  if (whole) {
    addReplacement(changes, store, store.codec.decode(uuid, whole));
  } else if (update.modify) {
    const before = old ?? unknownRow(store.name, uuid);
    changes.push({
      table: store.name,
      uuid,
      kind: 'modify',
      old: before,
      new: store.codec.patch(before, update.modify),
    });
  } else if (old) {
    changes.push({ table: store.name, uuid, kind: 'delete', old });
  }
}

function addReplacement(changes: RowChange[], store: TableStore, row: Row): void {
  const old = store.rows.get(row._uuid);
  if (!old) changes.push({ table: store.name, uuid: row._uuid, kind: 'insert', new: row });
  else if (!store.codec.equal(old, row))
    changes.push({ table: store.name, uuid: row._uuid, kind: 'modify', old, new: row });
}
