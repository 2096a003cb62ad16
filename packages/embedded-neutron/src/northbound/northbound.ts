import {
  isWaitFailure,
  type NbTables,
  nbSchema,
  type OvsdbClient,
  openReplica,
  type Replica,
  type Transaction,
} from '@ovn-docker/ovsdb';

/** A transaction on OVN Northbound. */
export type NbTransaction = Transaction<NbTables>;

/** Counts the changes made through this API: the one thing that replicas of this service compare and set. */
const GENERATION = 'neutron:generation';
const ATTEMPTS = 100;
const CATCH_UP_MS = 10_000;

/**
 * OVN Northbound as the database of this service. Reads are from a replica in memory. A change is planned against that
 * replica and committed only if no other change came in between (compare-and-set of a generation number); otherwise it
 * is planned again on the new state. So whatever a plan checked (addresses, MACs, tags, quotas, revisions, references)
 * holds at the moment of the commit, with any number of replicas of this service on one database.
 */
export class Northbound {
  readonly replica: Replica<NbTables>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(replica: Replica<NbTables>) {
    this.replica = replica;
  }

  /** Replicates what this service reads, and makes sure that the generation number exists. */
  static async open(client: OvsdbClient): Promise<Northbound> {
    const replica = await openReplica(
      client,
      nbSchema,
      {
        NB_Global: ['external_ids'],
        Logical_Switch: ['name', 'ports', 'other_config', 'external_ids'],
        Logical_Switch_Port: [
          'name',
          'type',
          'options',
          'parent_name',
          'tag',
          'addresses',
          'port_security',
          'up',
          'enabled',
          'dhcpv4_options',
          'external_ids',
        ],
        DHCP_Options: '*',
        Port_Group: '*',
        ACL: ['priority', 'direction', 'match', 'action', 'external_ids'],
      },
      {
        indexes: {
          Logical_Switch: ['name'],
          Logical_Switch_Port: [
            'name',
            'parent_name',
            { column: 'external_ids', key: 'neutron:network_name' },
            { column: 'external_ids', key: 'neutron:trunk_id' },
          ],
          DHCP_Options: [
            { column: 'external_ids', key: 'subnet_id' },
            { column: 'external_ids', key: 'neutron:network_id' },
          ],
        },
      },
    );
    const northbound = new Northbound(replica);
    await northbound.#prepare();
    return northbound;
  }

  /** Pairs kept in NB_Global: what belongs to no network resource (quotas, application credentials). */
  get settings(): Readonly<Record<string, string>> {
    return this.#global()?.external_ids ?? {};
  }

  /** Sets pairs of {@link settings}; undefined removes a key. Part of a plan. */
  set(tx: NbTransaction, pairs: Readonly<Record<string, string | undefined>>): void {
    const insert = Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined));
    tx.mutate('NB_Global', [], {
      delete: { external_ids: Object.keys(pairs) },
      insert: { external_ids: insert as Record<string, string> },
    });
  }

  /**
   * Carries out a change. `plan` reads the replica, checks, and adds operations to the transaction; what it throws is
   * thrown. It may be called several times and must have no other effect. Changes of one process run one after the
   * other. Resolves when the replica shows the change.
   */
  change<R>(plan: (tx: NbTransaction) => R): Promise<R> {
    const result = this.#last.then(() => this.#commit(plan));
    this.#last = result.catch(() => undefined);
    return result;
  }

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
        // Another replica of this service was faster: plan again as soon as its change is visible here.
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
    // Inserting a pair does nothing when the key exists.
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
