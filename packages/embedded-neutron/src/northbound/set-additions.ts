import type { Mutations, NbTables, Transaction, Uuid } from '@ovn-docker/ovsdb';
import type { NbTable } from './row-index.ts';

/** Stands for all columns of a row. */
export const ALL = '*';

type Elements = readonly (string | number)[];

interface Addition {
  readonly table: NbTable;
  readonly row: Uuid;
  readonly columns: Map<string, (string | number)[]>;
}

/**
 * Elements that plans add to sets, such as the ports of a switch: one operation for each row, however many
 * plans add to it. OVSDB copies the whole set for each operation.
 */
export class SetAdditions {
  readonly #rows = new Map<Uuid, Addition>();

  /** Whether elements wait to be added to one of these columns of the row. */
  meets(row: Uuid, columns: ReadonlySet<string>): boolean {
    const addition = this.#rows.get(row);
    if (addition === undefined) return false;
    return columns.has(ALL) || [...addition.columns.keys()].some((column) => columns.has(column));
  }

  add(table: NbTable, row: Uuid, columns: Readonly<Record<string, Elements>>): void {
    const addition = this.#rows.get(row) ?? { table, row, columns: new Map() };
    this.#rows.set(row, addition);
    for (const [column, elements] of Object.entries(columns)) {
      const known = addition.columns.get(column);
      if (known) known.push(...elements);
      else addition.columns.set(column, [...elements]);
    }
  }

  /** Moves the additions of a plan to those of its batch. */
  moveTo(others: SetAdditions): void {
    for (const { table, row, columns } of this.#rows.values()) {
      others.add(table, row, Object.fromEntries(columns));
    }
    this.#rows.clear();
  }

  /** Adds the operations to a transaction. */
  flush(tx: Transaction<NbTables>): void {
    for (const { table, row, columns } of this.#rows.values()) {
      tx.mutate(table, row, { insert: Object.fromEntries(columns) } as Mutations<NbTables[NbTable]>);
    }
    this.#rows.clear();
  }
}
