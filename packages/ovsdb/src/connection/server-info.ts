import { OvsdbConnectionError, OvsdbProtocolError, OvsdbRequestError } from '../errors.ts';
import type { Session } from './session.ts';

/** A row of `Database` in the `_Server` database (ovsdb-server(5)): how this server serves a database. */
export interface ServedDatabase {
  readonly name: string;
  readonly model: 'standalone' | 'clustered' | 'relay';
  /** False when the server has no connection to the majority of its cluster. */
  readonly connected: boolean;
  readonly leader: boolean;
  /** The cluster's ID. */
  readonly cid: string | undefined;
  /** Index of the last entry of the cluster's log that the server has applied. */
  readonly index: number | undefined;
}

/** Called when `_Server` changes. `onlyIndex`: nothing changed but the log indexes, which happens often. */
export type ServerListener = (databases: ServedDatabase[], onlyIndex: boolean) => void;

type Cells = Record<string, unknown>;
/** `<row-update2>` (ovsdb-server(7) §4.1.14). */
type RowUpdate = { initial?: Cells; insert?: Cells; modify?: Cells };

const COLUMNS = ['name', 'model', 'connected', 'leader', 'cid', 'index'];
const MONITOR_ID = '_Server';

/** The content of the server's `_Server` database, which is kept up to date until the session ends. */
export class ServerInfo {
  readonly #rows = new Map<string, Cells>();
  readonly #onChange: ServerListener;

  private constructor(onChange: ServerListener) {
    this.#onChange = onChange;
  }

  /**
   * Reads and follows the `_Server` database, and announces that this client handles added, removed and
   * converted databases (set_db_change_aware, ovsdb-server(7) §4.1.18). Returns undefined when the server is
   * older than OVS 2.9, which supports neither.
   */
  static async follow(session: Session, onChange: ServerListener): Promise<ServerInfo | undefined> {
    const info = new ServerInfo(onChange);
    session.on('update2', ([id, updates]) => {
      if (id === MONITOR_ID) info.#apply(updates);
    });
    try {
      await Promise.all([
        session.request('set_db_change_aware', [true]),
        session.request('monitor_cond', ['_Server', MONITOR_ID, { Database: [{ columns: COLUMNS }] }], {
          receive: (result) => info.#apply(result),
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

  #apply(updates: unknown): void {
    const { Database = {} } = checkObject<{ Database?: unknown }>(updates);
    let onlyIndex = true;
    for (const [uuid, update] of Object.entries(checkObject<Record<string, unknown>>(Database))) {
      const { initial, insert, modify } = checkObject<RowUpdate>(update);
      const old = this.#rows.get(uuid);
      // All these columns hold at most one value, and the difference of such a column is its new value.
      if (modify) this.#rows.set(uuid, { ...old, ...checkObject<Cells>(modify) });
      else if (initial ?? insert) this.#rows.set(uuid, checkObject<Cells>(initial ?? insert));
      else this.#rows.delete(uuid);
      onlyIndex &&= modify !== undefined && Object.keys(modify).every((column) => column === 'index');
    }
    this.#onChange(this.databases, onlyIndex);
  }
}

/**
 * Why this client cannot use a server now: the server has lost its cluster, or is not the leader although
 * `leaderOnly` is set. Undefined when the server is suitable.
 *
 * @param database the database to check; all of the server's databases when undefined
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
  const { cid, index } = cells;
  return {
    name: String(cells['name']),
    model: cells['model'] as ServedDatabase['model'],
    connected: cells['connected'] === true,
    leader: cells['leader'] === true,
    // An empty optional column is an empty set.
    cid: Array.isArray(cid) && cid[0] === 'uuid' ? String(cid[1]) : undefined,
    index: typeof index === 'number' ? index : undefined,
  };
}

function checkObject<T extends object>(value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OvsdbProtocolError('updates of _Server must be JSON objects');
  return value as T;
}
