import { OvsdbConnectionError, OvsdbProtocolError, OvsdbRequestError } from '../errors.ts';
import type { Session } from './session.ts';

/** A row of `Database` in the `_Server` database (ovsdb-server(5)): how this server serves a database. */
export interface ServedDatabase {
  readonly name: string;
  readonly model: 'standalone' | 'clustered' | 'relay';
  /** False in a server that has lost the majority of its cluster. */
  readonly connected: boolean;
  readonly leader: boolean;
  /** The cluster's ID. */
  readonly cid: string | undefined;
  /** How much of the cluster's log the server has applied. */
  readonly index: number | undefined;
}

/** Told when the server says something new. `often` when it is no more than that the log of a cluster grew. */
export type ServerListener = (databases: ServedDatabase[], often: boolean) => void;

type Cells = Record<string, unknown>;
/** `<row-update2>` (ovsdb-server(7) §4.1.14). */
type RowUpdate = { initial?: Cells; insert?: Cells; modify?: Cells };

const COLUMNS = ['name', 'model', 'connected', 'leader', 'cid', 'index'];
const MONITOR_ID = '_Server';

/** What the server says about itself, kept up to date for the life of a session. */
export class ServerInfo {
  readonly #rows = new Map<string, Cells>();
  readonly #onChange: ServerListener;

  private constructor(onChange: ServerListener) {
    this.#onChange = onChange;
  }

  /**
   * Reads and follows the `_Server` database, and tells the server that this client copes with changes of databases
   * (set_db_change_aware, ovsdb-server(7) §4.1.18). Gives undefined for a server older than OVS 2.9, which has neither.
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
    let often = true;
    for (const [uuid, update] of Object.entries(checkObject<Record<string, unknown>>(Database))) {
      const { initial, insert, modify } = checkObject<RowUpdate>(update);
      const old = this.#rows.get(uuid);
      // The difference of a column that holds at most one value is the new value.
      if (modify) this.#rows.set(uuid, { ...old, ...checkObject<Cells>(modify) });
      else if (initial ?? insert) this.#rows.set(uuid, checkObject<Cells>(initial ?? insert));
      else this.#rows.delete(uuid);
      often &&= modify !== undefined && Object.keys(modify).every((column) => column === 'index');
    }
    this.#onChange(this.databases, often);
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
  const { cid, index } = cells;
  return {
    name: String(cells['name']),
    model: cells['model'] as ServedDatabase['model'],
    connected: cells['connected'] === true,
    leader: cells['leader'] === true,
    // Optional columns: what they hold, or the empty set.
    cid: Array.isArray(cid) && cid[0] === 'uuid' ? String(cid[1]) : undefined,
    index: typeof index === 'number' ? index : undefined,
  };
}

function checkObject<T extends object>(value: unknown): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OvsdbProtocolError('updates of _Server must be JSON objects');
  return value as T;
}
