import {
  type OvsdbClient,
  OvsdbConnectionError,
  OvsdbOutcomeUnknownError,
  OvsdbRequestError,
  parseSchema,
  type Ref,
  Transaction,
  type Uuid,
} from '../../src/index.ts';

/** The rows that writers write: each Log with a Detail, which OVSDB deletes with it. */
export interface LogTables {
  readonly Log: {
    readonly _uuid: Uuid;
    readonly name: string;
    readonly count: number;
    readonly details: readonly Ref<'Detail'>[];
  };
  readonly Detail: { readonly _uuid: Uuid; readonly text: string };
}

const details = { type: { key: { type: 'uuid', refTable: 'Detail' }, min: 0, max: 'unlimited' } };

/** The name has no index, so that a transaction which takes effect twice shows as two rows. */
export const logJson = {
  name: 'Test',
  version: '1.0.0',
  tables: {
    Log: { isRoot: true, columns: { name: { type: 'string' }, count: { type: 'integer' }, details } },
    Detail: { columns: { text: { type: 'string' } } },
  },
};
export const logSchema = parseSchema<LogTables>(logJson);

type Outcome = 'done' | 'unknown' | 'failed';

/** The outcome of each transaction on one row. */
interface Account {
  readonly name: string;
  readonly inserted: Outcome;
  readonly counted: Outcome;
  readonly deleted: Outcome;
}

/** The number of transactions in progress at any time. */
const LANES = 4;

/** Inserts rows, increments their count and deletes some of them until `stop`, and records the outcomes. */
export class Writer {
  /** Names of the rows whose insert was acknowledged and which the writer does not delete. */
  readonly permanentRows: string[] = [];
  /** The number of transactions with an unknown outcome. */
  unknown = 0;
  readonly #client: OvsdbClient;
  readonly #accounts: Account[] = [];
  readonly #finished: Promise<unknown>;
  #stopping = false;

  constructor(client: OvsdbClient, prefix: string) {
    this.#client = client;
    this.#finished = Promise.all(Array.from({ length: LANES }, (_, lane) => this.#run(`${prefix}-${lane}`)));
    // stop() awaits it and reports the error.
    this.#finished.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#finished;
  }

  /**
   * Returns the rows that contradict their outcomes: an acknowledged transaction must have taken effect
   * exactly once, one with an unknown outcome at most once.
   */
  faults(rows: ReadonlyMap<string, readonly LogTables['Log'][]>): unknown[] {
    return this.#accounts
      .map((account) => ({ ...account, found: (rows.get(account.name) ?? []).map(({ count }) => count) }))
      .filter(({ inserted, counted, deleted, found }) => {
        const least = inserted === 'done' && deleted === 'failed' ? 1 : 0;
        const most = inserted === 'failed' || deleted === 'done' ? 0 : 1;
        const counts = { done: [1], unknown: [0, 1], failed: [0] }[counted];
        return found.length < least || found.length > most || !found.every((count) => counts.includes(count));
      });
  }

  async #run(prefix: string): Promise<void> {
    for (let n = 0; !this.#stopping; n++) {
      const name = `${prefix}-${n}`;
      const inserted = await this.#commit((t) =>
        t.insert('Log', { name, details: [t.insert('Detail', { text: name })] }),
      );
      const exists = inserted === 'done';
      const counted = exists
        ? await this.#commit((t) => t.mutate('Log', { name }, { add: { count: 1 } }))
        : 'failed';
      const passing = n % 3 === 0;
      const deleted = exists && passing ? await this.#commit((t) => t.delete('Log', { name })) : 'failed';
      this.#accounts.push({ name, inserted, counted, deleted });
      if (exists && !passing) this.permanentRows.push(name);
    }
  }

  async #commit(fill: (t: Transaction<LogTables>) => unknown): Promise<Outcome> {
    const t = new Transaction(logSchema, this.#client);
    fill(t);
    try {
      await t.commit();
      return 'done';
    } catch (error) {
      if (error instanceof OvsdbConnectionError) return 'failed';
      // While a server converts the database, it answers "canceled" to transactions that wait for the
      // cluster.
      const canceled = error instanceof OvsdbRequestError && error.code === 'canceled';
      if (!canceled && !(error instanceof OvsdbOutcomeUnknownError)) throw error;
      this.unknown++;
      return 'unknown';
    }
  }
}
