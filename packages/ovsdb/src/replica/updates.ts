import { OvsdbProtocolError } from '../errors.ts';
import type { Row } from '../schema/database-schema.ts';
import type { Uuid } from '../schema/uuid.ts';
import { segmentsOf } from '../wire/message-parts.ts';
import type { WireRow } from '../wire/operations.ts';
import { unknownRow } from './row-codec.ts';
import type { TableStore } from './table-store.ts';

/** A changed row of any table. */
export interface RowChange {
  readonly table: string;
  readonly uuid: Uuid;
  readonly kind: 'insert' | 'modify' | 'delete';
  readonly old?: Row;
  readonly new?: Row;
}

/** `<row-update2>` (ovsdb-server(7) §4.1.14) and `<row-update>` (RFC 7047 §4.1.6) in one. */
export interface RowUpdate {
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

/** The number of rows between two looks at the clock. */
const ROWS_PER_STEP = 64;

/** Receives a snapshot row by row. */
export interface SnapshotSink {
  take(table: string, uuid: Uuid, update: RowUpdate): void;
  /** Returns the changes that the whole snapshot makes in the stores. */
  finish(): RowChange[];
}

/** For the first snapshot: puts the rows directly into the emptied stores, which no reader sees yet. */
export function loadingSink(stores: Stores): SnapshotSink {
  for (const store of stores.values()) store.clear();
  return {
    take(table, uuid, update) {
      const store = storeOf(stores, table);
      store.put(store.codec.decode(uuid, wholeRow(store, uuid, update)));
    },
    finish: () => [],
  };
}

/** For a later snapshot: compares it with the rows in the stores. */
export function comparingSink(stores: Stores): SnapshotSink {
  const changes: RowChange[] = [];
  const seen = new Map([...stores.values()].map((store) => [store, new Set<Uuid>()]));
  return {
    take(table, uuid, update) {
      const store = storeOf(stores, table);
      seen.get(store)?.add(uuid);
      addReplacement(changes, store, store.codec.decode(uuid, wholeRow(store, uuid, update)));
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

/** For the changes since the transaction whose state the stores show. */
export function resumingSink(stores: Stores): SnapshotSink {
  const changes: RowChange[] = [];
  return {
    take: (table, uuid, update) => addUpdate(changes, storeOf(stores, table), uuid, update),
    finish: () => changes,
  };
}

/** Reads the changes that an update makes. Yields regularly, so that the caller can pause. */
export function* readUpdates(stores: Stores, updates: TableUpdates): Generator<void, RowChange[]> {
  const changes: RowChange[] = [];
  let steps = 0;
  for (const tables of segmentsOf(updates)) {
    for (const table of Object.keys(tables)) {
      const store = storeOf(stores, table);
      for (const rows of segmentsOf(tables[table] ?? {})) {
        for (const uuid in rows) {
          addUpdate(changes, store, uuid, rows[uuid] as RowUpdate);
          if (++steps % ROWS_PER_STEP === 0) yield;
        }
      }
    }
  }
  return changes;
}

/** Applies the changes to the stores. */
export function applyChanges(stores: Stores, changes: readonly RowChange[]): void {
  for (const { table, old, new: row } of changes) {
    const store = stores.get(table);
    if (row) store?.put(row);
    else if (old) store?.remove(old);
  }
}

function storeOf(stores: Stores, table: string): TableStore {
  const store = stores.get(table);
  if (!store) throw new OvsdbProtocolError(`the server sent table ${table}, which is not monitored`);
  return store;
}

function wholeRow(store: TableStore, uuid: Uuid, { initial, insert, new: row }: RowUpdate): WireRow {
  return checkRow(initial ?? insert ?? row ?? unknownRow(store.name, uuid));
}

function checkRow(row: WireRow): WireRow {
  if (typeof row !== 'object' || Array.isArray(row))
    throw new OvsdbProtocolError('a row must be a JSON object');
  return row;
}

function addUpdate(changes: RowChange[], store: TableStore, uuid: Uuid, update: RowUpdate): void {
  const whole = update.initial ?? update.insert ?? update.new;
  const old = store.rows.get(uuid);
  if (whole) {
    addReplacement(changes, store, store.codec.decode(uuid, checkRow(whole)));
  } else if (update.modify) {
    const before = old ?? unknownRow(store.name, uuid);
    changes.push({
      table: store.name,
      uuid,
      kind: 'modify',
      old: before,
      new: store.codec.patch(before, checkRow(update.modify)),
    });
  } else if (update.delete === undefined && update.old === undefined) {
    throw new OvsdbProtocolError(`the update of ${store.name} ${uuid} contains no change`);
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
