import { randomInt, randomUUID } from 'node:crypto';
import {
  type ColumnName,
  isWaitFailure,
  type NbTables,
  nbSchema,
  type OvsdbClient,
  OvsdbTimeoutError,
  openReplica,
  type Replica,
  type TableName,
} from '@ovn-docker/ovsdb';
import { CommitQueue } from './commit-queue.ts';
import { GuardRow, REGIONS } from './guard-row.ts';
import type { NbTransaction } from './nb-transaction.ts';
import type { ChangeOptions, Plan } from './pending-plan.ts';
import { Quarantine } from './quarantine.ts';
import type { AnyIndex } from './row-index.ts';
import { Turn } from './turn.ts';
import { ReplicaView, type View } from './view.ts';

export type { NbTransaction } from './nb-transaction.ts';

/** The rows of OVN Northbound that one kind of resource reads. */
export interface NbRows {
  /** The columns to read, by table. */
  readonly columns: { readonly [T in TableName<NbTables>]?: readonly ColumnName<NbTables[T]>[] };
  /** The indexes by which the resource finds rows. */
  readonly indexes?: readonly AnyIndex[];
}

/** The rows of {@link Northbound.settings} and of the guard row. */
const OWN_ROWS = { NB_Global: ['external_ids'], DNS: ['external_ids'] } as const;

/**
 * OVN Northbound as the database of this service. Reads use a copy in memory. A change is planned on that
 * copy and committed only if everything that the plan relied on still holds, however many instances of this
 * service use the database (docs/decisions/neutron-engine.md).
 */
export class Northbound {
  /** What a restored database has forgotten. */
  readonly quarantine = new Quarantine();
  readonly #replica: Replica<NbTables>;
  readonly #view: ReplicaView;
  readonly #guardRow: GuardRow;
  readonly #queue: CommitQueue;
  #region = randomInt(REGIONS);
  /** The draft of the plan that is running. A plan is synchronous, so no other code reads meanwhile. */
  #draft: View | undefined;

  constructor(replica: Replica<NbTables>, indexes: Iterable<AnyIndex>) {
    const id = randomUUID();
    this.#replica = replica;
    this.#view = new ReplicaView(replica, indexes);
    this.#guardRow = new GuardRow(replica, id);
    this.#queue = new CommitQueue({
      guardRow: this.#guardRow,
      turn: new Turn(replica, this.#guardRow, id),
      chooseRegion: () => {
        this.#region = randomInt(REGIONS);
      },
      isReady: () => replica.synchronized,
      whenReady: (timeoutMs) => this.#whenReady(timeoutMs),
      batchContext: () => ({
        view: this.#view,
        guardRow: this.#guardRow,
        region: this.#region,
        transaction: () => replica.transaction(),
        reading: (view, run) => this.#reading(view, run),
      }),
    });
    replica.on('change', (changes) => {
      this.#queue.heard();
      this.quarantine.follow(changes);
    });
  }

  /** Replicates the rows of all kinds of resources and the settings. Creates the rows that it needs. */
  static async open(client: OvsdbClient, rows: readonly NbRows[]): Promise<Northbound> {
    const columns = join<NbRows['columns']>([OWN_ROWS, ...rows.map((each) => each.columns)]);
    const replica = await openReplica(client, nbSchema, columns);
    const indexes = new Set(rows.flatMap((each) => each.indexes ?? []));
    const northbound = new Northbound(replica, indexes);
    await northbound.#prepare();
    return northbound;
  }

  /** The rows: of the replica, and within a plan of its draft. */
  get view(): View {
    return this.#draft ?? this.#view;
  }

  /** All keys of an index of ids, sorted. */
  sortedKeys(index: AnyIndex): readonly string[] {
    return this.#view.sortedKeys(index);
  }

  /** Whether the replica is up to date with a live connection. */
  get synchronized(): boolean {
    return this.#replica.synchronized;
  }

  /** Pairs in NB_Global, for data that belongs to no resource: quotas. */
  get settings(): Readonly<Record<string, string>> {
    return this.#global?.external_ids ?? {};
  }

  /** Sets pairs of {@link settings}; undefined deletes a key. Part of a plan. */
  set(tx: NbTransaction, pairs: Readonly<Record<string, string | undefined>>): void {
    const insert = Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined));
    const row = this.#global?._uuid ?? tx.insert('NB_Global', {});
    tx.mutate('NB_Global', row, {
      delete: { external_ids: Object.keys(pairs) },
      insert: { external_ids: insert as Record<string, string> },
    });
  }

  /**
   * Carries out a change. `plan` reads the view, checks, and adds operations to the transaction. It may be
   * called several times and must have no other effect. Changes of one process take effect in the order in
   * which they are requested. Resolves when the replica contains the change, with the result of `plan`.
   *
   * @throws the error that `plan` throws; the reason of `options.signal`; NorthboundAwayError; OvsdbError
   * @example
   * await nb.change((tx) => {
   *   const network = findNetwork(nb, id);
   *   if (network) tx.delete('Logical_Switch', network.row);
   * });
   */
  change<R>(plan: Plan<R>, { shared = false, signal }: ChangeOptions = {}): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#queue.add({
        plan,
        exclusive: !shared,
        signal,
        since: performance.now(),
        resolve: resolve as (result: unknown) => void,
        reject,
      });
    });
  }

  /** Waits for the running changes, then closes the replica. */
  async close(): Promise<void> {
    await this.#queue.drained();
    if (this.#replica.synchronized) await this.#guardRow.leave().catch(() => undefined);
    await this.#replica.close();
  }

  async #prepare(): Promise<void> {
    await this.#view.build();
    if (this.#global === undefined) {
      const tx = this.#replica.transaction();
      tx.expectMissing('NB_Global', []).insert('NB_Global', {});
      await tx.commit().catch((error: unknown) => {
        if (!isWaitFailure(error)) throw error;
      });
      await this.#replica.until(() => this.#global);
    }
    await this.#guardRow.prepare();
  }

  async #whenReady(timeoutMs: number): Promise<boolean> {
    if (this.#replica.synchronized) return true;
    try {
      return await this.#replica.until((replica) => replica.synchronized, { timeoutMs });
    } catch (error) {
      if (error instanceof OvsdbTimeoutError) return false;
      throw error;
    }
  }

  #reading<R>(view: View, run: () => R): R {
    this.#draft = view;
    try {
      return run();
    } finally {
      this.#draft = undefined;
    }
  }

  get #global(): NbTables['NB_Global'] | undefined {
    for (const row of this.view.rows('NB_Global')) return row;
    return undefined;
  }
}

/** Joins the lists of several records by key, without duplicates. */
function join<R extends Readonly<Partial<Record<string, readonly unknown[]>>>>(records: readonly R[]): R {
  const lists = Map.groupBy(records.flatMap(Object.entries), ([key]) => key);
  const joined = [...lists].map(([key, entries]) => [key, [...new Set(entries.flatMap(([, list]) => list))]]);
  return Object.fromEntries(joined) as R;
}
