import type { Client } from '../connection/connect.ts';
import type { Transactor } from '../transact/transaction.ts';
import type { Operation, OperationResult } from '../wire/operations.ts';

/** The part of a `DatabaseFollower` that the transactor uses. */
interface Synchronizable {
  readonly synchronized: boolean;
  whenSynchronized(signal?: AbortSignal): Promise<void>;
}

/**
 * Commits transactions so that the caller can then read its own writes in the replica. On one connection
 * ovsdb-server sends the monitor updates of a transaction before the reply to transact, because it flushes
 * all monitors before any reply, and a session handles messages strictly in order. So a replica that is
 * synchronized when the reply arrives has applied the transaction. A replica that is loading then shows it
 * when loading is done.
 */
export class ReplicaTransactor implements Transactor {
  readonly #client: Client;
  readonly #follower: Synchronizable;

  constructor(client: Client, follower: Synchronizable) {
    this.#client = client;
    this.#follower = follower;
  }

  async transact(
    database: string,
    operations: readonly Operation[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<OperationResult[]> {
    let applied = false;
    const results = await this.#client.sendTransaction(database, operations, options, () => {
      applied = this.#follower.synchronized;
    });
    // The server has committed, so the call must not reject even if the replica was closed or cannot load.
    if (!applied) await this.#follower.whenSynchronized(options.signal).catch(() => undefined);
    return results;
  }
}
