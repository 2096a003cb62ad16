import { OvsdbConnectionError, OvsdbRequestError } from '../errors.ts';
import type { Session } from './session.ts';

/** A row of `Database` in the `_Server` database (ovsdb-server(5)): how this server serves a database. */
export interface ServedDatabase {
  readonly name: string;
  readonly model: 'standalone' | 'clustered' | 'relay';
  /** False in a server that has lost the majority of its cluster. */
  readonly connected: boolean;
  readonly leader: boolean;
  /** The server's ID in its cluster. */
  readonly sid: string | undefined;
  /** The cluster's ID. */
  readonly cid: string | undefined;
}

type Cells = Record<string, unknown>;
type Updates = { Database?: Record<string, { new?: Cells; old?: Cells }> };

const COLUMNS = ['name', 'model', 'connected', 'leader', 'sid', 'cid'];
const MONITOR_ID = '_Server';

/** What the server says about itself, kept up to date for the life of a session. */
export class ServerInfo {
  readonly #rows = new Map<string, Cells>();
  readonly #onChange: (databases: ServedDatabase[]) => void;

  private constructor(onChange: (databases: ServedDatabase[]) => void) {
    this.#onChange = onChange;
  }

  /**
   * Reads and follows the `_Server` database, and tells the server that this client copes with changes of databases
   * (set_db_change_aware, ovsdb-server(7) §4.1.18). Gives undefined for a server older than OVS 2.9, which has neither.
   */
  static async follow(
    session: Session,
    onChange: (databases: ServedDatabase[]) => void,
  ): Promise<ServerInfo | undefined> {
    const info = new ServerInfo(onChange);
    session.on('update', ([id, updates]) => {
      if (id === MONITOR_ID) info.#apply(updates as Updates);
    });
    try {
      await Promise.all([
        session.request('set_db_change_aware', [true]),
        session.request('monitor', ['_Server', MONITOR_ID, { Database: [{ columns: COLUMNS }] }], {
          receive: (result) => info.#apply(result as Updates),
        }),
      ]);
      return info;
    } catch (error) {
      if (error instanceof OvsdbRequestError) return undefined;
      throw error;
    }
  }

  /** The databases of the server, without `_Server` itself. */
  get databases(): ServedDatabase[] {
    return [...this.#rows.values()].map(readRow).filter(({ name }) => name !== '_Server');
  }

  #apply(updates: Updates): void {
    for (const [uuid, { new: row }] of Object.entries(updates.Database ?? {})) {
      if (row) this.#rows.set(uuid, row);
      else this.#rows.delete(uuid);
    }
    this.#onChange(this.databases);
  }
}

/**
 * Why a server is of no use now: it has lost its cluster, or is not the leader where only that will do.
 *
 * @param database the one that matters; all that the server has when undefined
 */
export function unsuitable(
  databases: readonly ServedDatabase[],
  { leaderOnly, database }: { leaderOnly: boolean; database: string | undefined },
): OvsdbConnectionError | undefined {
  for (const { name, model, connected, leader } of databases) {
    if (database !== undefined && name !== database) continue;
    if (model !== 'standalone' && !connected)
      return new OvsdbConnectionError(`the server has lost the cluster of ${name}`);
    if (model === 'clustered' && leaderOnly && !leader)
      return new OvsdbConnectionError(`the server is not the leader of ${name}`);
  }
  return undefined;
}

function readRow(cells: Cells): ServedDatabase {
  return {
    name: String(cells['name']),
    model: cells['model'] as ServedDatabase['model'],
    connected: cells['connected'] === true,
    leader: cells['leader'] === true,
    sid: readOptional(cells['sid']),
    cid: readOptional(cells['cid']),
  };
}

/** Optional columns are atoms, `["uuid", …]`, or the empty set. */
function readOptional(cell: unknown): string | undefined {
  if (!Array.isArray(cell)) return cell as string | undefined;
  return cell[0] === 'uuid' ? (cell[1] as string) : undefined;
}
