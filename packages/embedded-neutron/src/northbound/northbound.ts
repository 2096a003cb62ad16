import {
  type ColumnName,
  isWaitFailure,
  type NbTables,
  nbSchema,
  type OvsdbClient,
  openReplica,
  type Replica,
  type ReplicaOptions,
  type TableName,
  type Transaction,
} from '@ovn-docker/ovsdb';

/** A transaction on OVN Northbound. */
export type NbTransaction = Transaction<NbTables>;

/** The rows of OVN Northbound that one kind of resource reads. */
export interface NbRows {
  /** The columns to read, by table. */
  readonly columns: { readonly [T in TableName<NbTables>]?: readonly ColumnName<NbTables[T]>[] };
  /** The columns by which the resource finds single rows, by table. */
  readonly indexes?: NonNullable<ReplicaOptions<NbTables>['indexes']>;
}

/** The row of {@link Northbound.settings}. */
const SETTINGS = { NB_Global: ['external_ids'] } as const;
/** The number of changes that all replicas of this service have made. Each replica compares and sets it. */
const GENERATION = 'neutron:generation';
/** The number of times that a change is planned before it fails. */
const ATTEMPTS = 100;
/** Timeout for the change of another replica to arrive here. */
const CATCH_UP_MS = 10_000;

/**
 * OVN Northbound as the database of this service. Reads use a copy in memory, `replica`. A change is planned
 * on that copy and committed only if there was no other change in between (compare-and-set of a generation
 * number); otherwise it is planned again on the new state. So everything that a plan has checked (addresses,
 * MACs, tags, quotas, revisions, references) still holds at the commit, however many instances of this
 * service use the database.
 */
export class Northbound {
  readonly replica: Replica<NbTables>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(replica: Replica<NbTables>) {
    this.replica = replica;
  }

  /**
   * Replicates the rows of all kinds of resources and the settings. Creates the generation number if it is
   * absent.
   */
  static async open(client: OvsdbClient, rows: readonly NbRows[]): Promise<Northbound> {
    const columns = join<NbRows['columns']>([SETTINGS, ...rows.map((each) => each.columns)]);
    const indexes = join<NonNullable<NbRows['indexes']>>(rows.map((each) => each.indexes ?? {}));
    const replica = await openReplica(client, nbSchema, columns, { indexes });
    const northbound = new Northbound(replica);
    await northbound.#prepare();
    return northbound;
  }

  /** Pairs in NB_Global, for data that belongs to no network resource: quotas, application credentials. */
  get settings(): Readonly<Record<string, string>> {
    return this.#global()?.external_ids ?? {};
  }

  /** Sets pairs of {@link settings}; undefined deletes a key. Part of a plan. */
  set(tx: NbTransaction, pairs: Readonly<Record<string, string | undefined>>): void {
    const insert = Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined));
    tx.mutate('NB_Global', [], {
      delete: { external_ids: Object.keys(pairs) },
      insert: { external_ids: insert as Record<string, string> },
    });
  }

  /**
   * Carries out a change. `plan` reads the replica, checks, and adds operations to the transaction. It may be
   * called several times and must have no other effect. Changes of one process run one after the other.
   * Resolves when the replica contains the change, with the result of `plan`. Rejects with an error that
   * `plan` throws.
   *
   * @example
   * await nb.change((tx) => {
   *   const network = findNetwork(nb, id);
   *   if (network) tx.delete('Logical_Switch', network.row);
   * });
   */
  change<R>(plan: (tx: NbTransaction) => R): Promise<R> {
    const result = this.#last.then(() => this.#commit(plan));
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits for the running changes, then closes the replica. */
  async close(): Promise<void> {
    await this.#last;
    await this.replica.close();
  }

  async #commit<R>(plan: (tx: NbTransaction) => R): Promise<R> {
    for (let attempt = 1; ; attempt++) {
      const seen = this.#generation();
      const tx = this.replica.transaction();
      tx.expectMissing('NB_Global', [['external_ids', 'excludes', { [GENERATION]: seen }]]);
      const result = plan(tx);
      if (tx.operations.length === 1) return result;
      this.set(tx, { [GENERATION]: String(Number(seen) + 1) });
      try {
        await tx.commit();
        return result;
      } catch (error) {
        if (!isWaitFailure(error) || attempt === ATTEMPTS) throw error;
        // Another replica committed first. Plan again as soon as its change arrives here.
        await this.replica.until(() => this.#generation() !== seen, { timeoutMs: CATCH_UP_MS });
      }
    }
  }

  async #prepare(): Promise<void> {
    if (this.#global() === undefined) {
      const tx = this.replica.transaction();
      tx.expectMissing('NB_Global', []).insert('NB_Global', {});
      await tx.commit().catch((error: unknown) => {
        if (!isWaitFailure(error)) throw error;
      });
      await this.replica.until(() => this.#global());
    }
    // OVSDB does not insert a pair whose key exists.
    await this.replica
      .transaction()
      .mutate('NB_Global', [], { insert: { external_ids: { [GENERATION]: '0' } } })
      .commit();
    await this.replica.until(() => GENERATION in this.settings);
  }

  #global() {
    return this.replica.rows('NB_Global').values().next().value;
  }

  #generation(): string {
    return this.settings[GENERATION] ?? '0';
  }
}

/** Joins the lists of several records by key, without duplicates. */
function join<R extends Readonly<Partial<Record<string, readonly unknown[]>>>>(records: readonly R[]): R {
  const lists = Map.groupBy(records.flatMap(Object.entries), ([key]) => key);
  const joined = [...lists].map(([key, entries]) => [key, [...new Set(entries.flatMap(([, list]) => list))]]);
  return Object.fromEntries(joined) as R;
}
