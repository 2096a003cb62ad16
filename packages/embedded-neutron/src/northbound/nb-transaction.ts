import { randomUUID } from 'node:crypto';
import type { ColumnValues, Mutations, NbTables, Transaction, Uuid } from '@ovn-docker/ovsdb';
import type { Draft } from './draft.ts';
import { type GuardRow, regionOf, stripeOf } from './guard-row.ts';
import { Guards } from './guards.ts';
import { changedRow, childTable, insertedRow, type Mutation, mutatedRow } from './planned-row.ts';
import type { AnyIndex, NbTable, RowIndex } from './row-index.ts';
import { ALL, SetAdditions } from './set-additions.ts';
import type { View } from './view.ts';

/** A shared plan must read what only an exclusive plan may read. It is planned again as such. */
export class MustBeExclusive extends Error {}

/** What one plan needs from the engine. */
interface PlanContext {
  readonly draft: Draft;
  /** An empty transaction, which the batch adds to its own. */
  readonly operations: Transaction<NbTables>;
  readonly guardRow: GuardRow;
  readonly exclusive: boolean;
  /** The region of stripes from which this replica chooses values. */
  readonly region: number;
}

/**
 * The operations of one plan. Each is carried out on the draft at once, and later in the transaction of the
 * batch.
 */
export class NbTransaction {
  readonly guards = new Guards();
  readonly operations: Transaction<NbTables>;
  /** What the plan adds to sets of rows, after its other operations. */
  readonly additions = new SetAdditions();
  /** The columns that the plan changes otherwise, by row: earlier additions to them must come first. */
  readonly changed = new Map<Uuid, Set<string>>();
  readonly #context: PlanContext;

  constructor(context: PlanContext) {
    this.#context = context;
    this.operations = context.operations;
  }

  /** Inserts a row and returns its UUID. */
  insert<T extends NbTable>(table: T, columns: ColumnValues<NbTables[T]>): Uuid {
    const uuid = randomUUID();
    this.operations.insert(table, columns, { uuid });
    this.#context.draft.put(table, insertedRow(table, uuid, columns) as NbTables[T]);
    return uuid;
  }

  update<T extends NbTable>(table: T, uuid: Uuid, columns: ColumnValues<NbTables[T]>): void {
    this.#noteChange(uuid, Object.keys(columns));
    this.operations.update(table, uuid, columns);
    const row = this.#context.draft.get(table, uuid);
    if (row) this.#context.draft.put(table, changedRow(table, row, columns) as NbTables[T]);
  }

  mutate<T extends NbTable>(
    table: T,
    uuid: Uuid,
    change: Pick<Mutations<NbTables[T]>, 'insert' | 'delete'>,
  ): void {
    const { draft } = this.#context;
    if (isAddition(change)) {
      this.additions.add(table, uuid, change.insert as Readonly<Record<string, readonly string[]>>);
    } else {
      this.#noteChange(uuid, [...Object.keys(change.insert ?? {}), ...Object.keys(change.delete ?? {})]);
      this.operations.mutate(table, uuid, change);
    }
    const row = draft.get(table, uuid);
    const after = row && mutatedRow(row, change as Mutation);
    if (after && after !== row) draft.put(table, after as NbTables[T]);
    for (const [column, removed] of Object.entries(change.delete ?? {})) {
      const children = childTable(table, column);
      if (children) for (const child of removed as readonly Uuid[]) draft.remove(children, child);
    }
  }

  delete(table: NbTable, uuid: Uuid): void {
    const { draft } = this.#context;
    this.#noteChange(uuid, undefined);
    this.operations.delete(table, uuid);
    for (const [column, value] of Object.entries(draft.get(table, uuid) ?? {})) {
      const children = Array.isArray(value) ? childTable(table, column) : undefined;
      if (children) for (const child of value) draft.remove(children, child);
    }
    draft.remove(table, uuid);
  }

  /**
   * Relies on something that the plan did not find, and makes it true: another plan that claims or watches
   * the same fact at the same time is planned again.
   *
   * @param fact what is claimed, such as `'mac', networkId, mac`
   */
  claim(...fact: string[]): void {
    this.#use(fact, true);
  }

  /** Relies on something that the plan did not find, and leaves it as it is. */
  watch(...fact: string[]): void {
    this.#use(fact, false);
  }

  /** Whether this replica should prefer the fact when it may choose: other replicas then rarely claim it. */
  prefers(...fact: string[]): boolean {
    return regionOf(stripeOf(fact)) === this.#context.region;
  }

  /**
   * Relies on all attributes of a row of which shared plans otherwise need only the existence, because the
   * plan changes them: a security group. Before it changes the row.
   */
  pin(table: 'Port_Group', uuid: Uuid): void {
    const { draft } = this.#context;
    // Another plan of the batch that has changed the row has pinned it, too, or has inserted it.
    const row = draft.touches(table, uuid) ? undefined : draft.get(table, uuid);
    if (row) this.guards.pinRow(table, row);
  }

  /** Makes the plan exclusive, so that it may rely on all that it reads. Before it changes anything. */
  exclusive(): void {
    if (!this.#context.exclusive) throw new MustBeExclusive();
  }

  /** Notes that columns of a row change; all if undefined. */
  #noteChange(row: Uuid, columns: readonly string[] = [ALL]): void {
    const noted = this.changed.get(row);
    if (noted) for (const column of columns) noted.add(column);
    else this.changed.set(row, new Set(columns));
    if (this.additions.meets(row, new Set(columns))) this.additions.flush(this.operations);
  }

  #use(fact: readonly string[], claimed: boolean): void {
    const stripe = stripeOf(fact);
    this.guards.useStripe(stripe, this.#context.guardRow.counter(stripe), claimed);
  }
}

/** Whether a mutation only adds elements to sets. */
const isAddition = (change: { readonly insert?: object; readonly delete?: object }): boolean =>
  change.delete === undefined && Object.values(change.insert ?? {}).every(Array.isArray);

/** A draft as a shared plan reads it: notes the single rows that the plan finds, and refuses whole tables. */
export class SharedView implements View {
  readonly #draft: Draft;
  readonly #guards: Guards;

  constructor(draft: Draft, guards: Guards) {
    this.#draft = draft;
    this.#guards = guards;
  }

  rows<T extends NbTable>(table: T): Iterable<NbTables[T]> {
    // The settings are one row. A plan that relies on one of them watches it.
    if (table !== 'NB_Global') throw new MustBeExclusive();
    return this.#draft.rows(table);
  }

  get<T extends NbTable>(table: T, uuid: Uuid): NbTables[T] | undefined {
    const row = this.#draft.get(table, uuid);
    if (row) this.#note(table, row);
    return row;
  }

  find<T extends NbTable>(index: RowIndex<T>, key: string): NbTables[T][] {
    const rows = this.#draft.find(index, key);
    if (index.guarding) for (const row of rows) this.#note(index.table, row);
    return rows;
  }

  count(index: AnyIndex, key: string): number {
    return this.#draft.count(index, key);
  }

  /** For plans that range over many rows. */
  uuids(): readonly Uuid[] {
    throw new MustBeExclusive();
  }

  /** A row that a plan of this batch has changed was guarded when that plan read it. */
  #note<T extends NbTable>(table: T, row: NbTables[T]): void {
    if (!this.#draft.touches(table, row._uuid)) this.#guards.readRow(table, row);
  }
}
