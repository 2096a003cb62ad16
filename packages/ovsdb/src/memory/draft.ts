import { randomUUID } from 'node:crypto';
import { equalData } from './datum.ts';
import type { MemoryRow, MemoryTable } from './memory-row.ts';

/** A row that a committed transaction changed. */
export interface MemoryChange {
  readonly table: string;
  readonly old: MemoryRow | undefined;
  readonly new: MemoryRow | undefined;
}

/** The state of the database when the draft begins. */
interface Tables {
  table(name: string): MemoryTable;
}

/** The state of the database as one transaction sees and changes it. */
export class Draft {
  readonly #before: Tables;
  readonly #touched = new Map<string, Map<string, MemoryRow>>();

  constructor(before: Tables) {
    this.#before = before;
  }

  table(name: string): MemoryTable {
    return this.#touched.get(name) ?? this.#before.table(name);
  }

  put(table: string, { uuid, columns }: Omit<MemoryRow, 'version'>): void {
    this.#touch(table).set(uuid, { uuid, columns, version: randomUUID() });
  }

  remove(table: string, uuid: string): void {
    this.#touch(table).delete(uuid);
  }

  /**
   * The rows that differ from the state before. A row that was written without a change keeps its version.
   */
  changes(): MemoryChange[] {
    return [...this.#touched].flatMap(([table, rows]) => {
      const before = this.#before.table(table);
      for (const [uuid, row] of rows) {
        const old = before.get(uuid);
        if (old && sameColumns(old, row)) rows.set(uuid, old);
      }
      const removed = [...before.values()].filter(({ uuid }) => !rows.has(uuid));
      const written = [...rows.values()].filter((row) => before.get(row.uuid) !== row);
      return [
        ...written.map((row) => ({ table, old: before.get(row.uuid), new: row })),
        ...removed.map((row) => ({ table, old: row, new: undefined })),
      ];
    });
  }

  #touch(table: string): Map<string, MemoryRow> {
    const touched = this.#touched.get(table) ?? new Map(this.#before.table(table));
    this.#touched.set(table, touched);
    return touched;
  }
}

function sameColumns(a: MemoryRow, b: MemoryRow): boolean {
  if (a === b) return true;
  return Object.entries(a.columns).every(([name, datum]) => equalData(datum, b.columns[name] ?? new Map()));
}
