import { OvsdbConnectionError } from '../errors.ts';
import type { ServedDatabase } from './server-info.ts';

/**
 * How far clusters were seen to be. A server that is behind would take readers back in time, so it is of no use until
 * it has caught up; ovsdb-cs.c, the C client, does the same.
 */
export class ClusterProgress {
  /** By cluster: a cluster that was made anew begins at zero, and has another ID. */
  readonly #seen = new Map<string, number>();

  /** Why a server is of no use. @param database the one that matters; all when undefined */
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

  /** A server in use is so far. */
  note(databases: readonly ServedDatabase[]): void {
    for (const { cid, index } of databases)
      if (cid !== undefined && index !== undefined)
        this.#seen.set(cid, Math.max(index, this.#seen.get(cid) ?? 0));
  }
}
