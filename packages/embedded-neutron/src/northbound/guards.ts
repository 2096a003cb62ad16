import type { NbTables, Transaction, Uuid } from '@ovn-docker/ovsdb';
import type { NbTable } from './row-index.ts';

/** The tables whose rows a shared plan reads one by one. The other tables do not need guards. */
const GUARDED = {
  Logical_Switch: 'unchanged',
  Logical_Switch_Port: 'unchanged',
  DHCP_Options: 'unchanged',
  // Ports refer to a group by its UUID. They do not depend on its name, description or rules. A plan that
  // changes the group pins it.
  Port_Group: 'present',
} as const;

interface RowGuard {
  readonly table: keyof typeof GUARDED;
  /** The row's external_ids as the plan read them; undefined if only its existence matters. */
  readonly ids: Readonly<Record<string, string>> | undefined;
}

/** What a plan relies on, as its transaction requires it of the database. */
export class Guards {
  readonly #rows = new Map<Uuid, RowGuard>();
  /** For each stripe, its counter as the plan saw it, and whether the plan claims it. */
  readonly #stripes = new Map<number, { readonly seen: string; claimed: boolean }>();
  /** The generation that an exclusive plan saw. */
  generation: string | undefined;

  /** The stripes that the plan relies on. */
  get stripes(): ReadonlyMap<number, { readonly seen: string; readonly claimed: boolean }> {
    return this.#stripes;
  }

  /** Notes that the plan has read a row. The first reading counts. */
  readRow<T extends NbTable>(table: T, row: NbTables[T]): void {
    if (!Object.hasOwn(GUARDED, table) || this.#rows.has(row._uuid)) return;
    const guarded = table as keyof typeof GUARDED;
    const { external_ids } = row as NbTables[keyof typeof GUARDED];
    this.#rows.set(row._uuid, {
      table: guarded,
      ids: GUARDED[guarded] === 'unchanged' ? external_ids : undefined,
    });
  }

  /** Notes that the plan relies on the row as it is, and not only on its existence. */
  pinRow<T extends keyof typeof GUARDED>(table: T, row: NbTables[T]): void {
    if (this.#rows.get(row._uuid)?.ids) return;
    this.#rows.set(row._uuid, { table, ids: row.external_ids });
  }

  /** Notes that the plan relies on a stripe, which had this counter. */
  useStripe(stripe: number, seen: string, claimed: boolean): void {
    const known = this.#stripes.get(stripe);
    if (known === undefined) this.#stripes.set(stripe, { seen, claimed });
    else known.claimed ||= claimed;
  }

  /** Adds the guards of another plan of the same batch. */
  add(other: Guards): void {
    for (const [uuid, guard] of other.#rows) {
      if (this.#rows.get(uuid)?.ids === undefined) this.#rows.set(uuid, guard);
    }
    for (const [stripe, { seen, claimed }] of other.#stripes) this.useStripe(stripe, seen, claimed);
    this.generation ??= other.generation;
  }

  /** Adds a `wait` for each row. */
  require(tx: Transaction<NbTables>): void {
    for (const [uuid, { table, ids }] of this.#rows) {
      if (ids === undefined) tx.expectPresent(table, uuid);
      else tx.wait(table, uuid, { external_ids: ids });
    }
  }
}
