import type { Client } from '../connection/connect.ts';
import type { Transactor } from '../transact/transaction.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';

/** What of a replica the transactor needs. */
interface Synchronizable {
  readonly synchronized: boolean;
  whenSynchronized(signal?: AbortSignal): Promise<void>;
}

/**
 * Commits so that the caller can read its own writes: ovsdb-server sends the monitor updates of a transaction before
 * the reply to transact on the same connection (it flushes all monitors before it sends any reply), and a session
 * handles messages strictly in order. So a replica that is synchronized when the reply comes has applied the
 * transaction. One that is just loading has it when loading is done.
 */
export class ReplicaTransactor implements Transactor {
  readonly #client: Client;
  readonly #replica: Synchronizable;

  constructor(client: Client, replica: Synchronizable) {
    this.#client = client;
    this.#replica = replica;
  }

  async transact(
    database: string,
    operations: readonly Operation[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<OperationResult[]> {
    let applied = false;
    const results = await this.#client.sendTransaction(database, operations, options, () => {
      applied = this.#replica.synchronized;
    });
    // What the server has acknowledged must not look like a failure, even when there is no replica any more to show it.
    if (!applied) await this.#replica.whenSynchronized(options.signal).catch(() => undefined);
    return results;
  }
}
