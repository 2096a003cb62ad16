import { OvsdbConnectionError } from '../errors.ts';
import type { ServedDatabase } from './server-info.ts';

/**
 * The highest log index that this client has seen of each cluster. A server that is behind would show readers
 * an older state, so the client does not use it until it has caught up. ovsdb-cs.c, the C client, does the
 * same.
 */
export class ClusterProgress {
  /** By cluster ID. A cluster that is created again starts at index 0 and has another ID. */
  readonly #seen = new Map<string, number>();

  /**
   * Why the data of a server is stale, if it is. @param database the database to check; all of them when
   * undefined
   */
  staleness(
    databases: readonly ServedDatabase[],
    database: string | undefined,
  ): OvsdbConnectionError | undefined {
    for (const { name, cid, index } of databases) {
      if (cid === undefined || index === undefined || (database !== undefined && name !== database)) continue;
      const seen = this.#seen.get(cid) ?? 0;
      if (index < seen)
        return new OvsdbConnectionError(`the server has stale data of ${name}: index ${index}, seen ${seen}`);
    }
    return undefined;
  }

  /** Records the log indexes of a server in use. */
  note(databases: readonly ServedDatabase[]): void {
    for (const { cid, index } of databases)
      if (cid !== undefined && index !== undefined)
        this.#seen.set(cid, Math.max(index, this.#seen.get(cid) ?? 0));
  }
}
