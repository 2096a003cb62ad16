import type { Transaction, VswitchTables } from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../../errors.ts';
import { explainSwitch } from './explain-switch.ts';
import type { Row, SwitchDatabase } from './switch-database.ts';

/** A port of the bridge in the agent's replica of the database. */
export interface PluggedPort {
  readonly name: string;
  readonly vlan?: number;
  /** VLANs of a trunk port that does not pass all of them. */
  readonly trunks?: readonly number[];
  /** The interface's number in OpenFlow; undefined until ovs-vswitchd has opened it, and if it cannot. */
  readonly ofport?: number;
  readonly externalIds: Readonly<Record<string, string>>;
}

/** `before` is undefined for a new port, `after` for a removed one. */
export type ChangeListener = (before: PluggedPort | undefined, after: PluggedPort | undefined) => void;

/** An access port to plug. */
export interface AccessPort {
  readonly name: string;
  readonly vlan: number;
  readonly externalIds: Readonly<Record<string, string>>;
}

/**
 * The bridge's access ports (ovs-vswitchd.conf.db(5), Port table, `vlan_mode=access`). Distinguishes changes
 * of the agent from changes of other programs.
 */
export class AccessPorts {
  readonly #database: SwitchDatabase;
  /** The names of the ports in each transaction of this process that is being committed. */
  readonly #changing = new Set<ReadonlySet<string>>();

  constructor(database: SwitchDatabase) {
    this.#database = database;
  }

  all(): PluggedPort[] {
    return this.#database.requireBridge().ports.flatMap((uuid) => {
      const row = this.#database.replica.get('Port', uuid);
      return row ? [this.#viewOf(row)] : [];
    });
  }

  get(name: string): PluggedPort | undefined {
    const row = this.#row(name);
    return row && this.#viewOf(row);
  }

  async plug(ports: readonly AccessPort[]): Promise<void> {
    const missing = ports.filter(({ name }) => !this.#row(name));
    if (missing.length > 0) await this.#add(missing);
    const waiting = new Set(ports.map(({ name }) => name));
    await this.#database.until('ports to be opened', () => {
      for (const name of waiting) {
        const [row] = this.#database.replica.find('Interface', { name });
        if (row?.error !== undefined) {
          throw new OvnDockerError('E_SWITCH', `ovs-vswitchd cannot use ${name}: ${row.error}`);
        }
        if (row?.ofport !== undefined) waiting.delete(name);
      }
      return waiting.size === 0;
    });
  }

  async unplug(names: readonly string[], { awaitClose = false } = {}): Promise<void> {
    const { replica } = this.#database;
    const rows = names.flatMap((name) => replica.find('Port', { name }));
    if (rows.length === 0) return;
    const remove = replica.transaction();
    const uuids = rows.map(({ _uuid }) => _uuid);
    // ovsdb-server deletes Port and Interface rows that no row refers to (RFC 7047 §3.1, isRoot).
    remove.mutate('Bridge', this.#database.requireBridge()._uuid, { delete: { ports: uuids } });
    const [root] = replica.rows('Open_vSwitch').values();
    if (awaitClose && root) remove.mutate('Open_vSwitch', root._uuid, { add: { next_cfg: 1 } });
    remove.comment(`ovn-docker: unplug ${rows.length} ports`);
    await this.#commit(
      rows.map(({ name }) => name),
      remove,
    );
    if (awaitClose) await this.#database.untilCurrent('ports to be closed');
  }

  async annotate(name: string, notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const row = this.#row(name);
    if (!row) return;
    const write = this.#database.replica.transaction();
    const set = Object.entries(notes).filter((pair): pair is [string, string] => pair[1] !== undefined);
    write.mutate('Port', row._uuid, { delete: { external_ids: Object.keys(notes) } });
    if (set.length > 0)
      write.mutate('Port', row._uuid, { insert: { external_ids: Object.fromEntries(set) } });
    await this.#commit([name], write);
  }

  async retag(name: string, vlan: number): Promise<void> {
    const row = this.#row(name);
    if (!row) return;
    const write = this.#database.replica.transaction();
    write.update('Port', row._uuid, { tag: vlan, vlan_mode: 'access' });
    await this.#commit([name], write.comment(`ovn-docker: set vlan ${vlan} of ${name}`));
  }

  onOthersChange(listener: ChangeListener): () => void {
    return this.#database.replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table !== 'Port') continue;
        const before = change.kind === 'insert' ? undefined : viewOf(change.old);
        const after = change.kind === 'delete' ? undefined : viewOf(change.new);
        if (!this.#isChanging((before ?? after)?.name ?? '')) listener(before, after);
      }
    });
  }

  onChange(listener: (name: string) => void): () => void {
    return this.#database.replica.on('change', (changes) => {
      const names = changes.flatMap((change) => {
        if (change.table !== 'Port' && change.table !== 'Interface') return [];
        return change.kind === 'delete' ? change.old.name : change.new.name;
      });
      for (const name of new Set(names)) listener(name);
    });
  }

  /** Commits a transaction; the replica shows its effects before the commit resolves. */
  async #commit(names: readonly string[], transaction: Transaction<VswitchTables>): Promise<void> {
    const changing = new Set(names);
    this.#changing.add(changing);
    try {
      await explainSwitch(transaction.commit());
    } finally {
      this.#changing.delete(changing);
    }
  }

  #isChanging(name: string): boolean {
    for (const names of this.#changing) if (names.has(name)) return true;
    return false;
  }

  async #add(ports: readonly AccessPort[]): Promise<void> {
    const add = this.#database.replica.transaction();
    const rows = ports.map(({ name, vlan, externalIds }) => {
      const iface = add.insert('Interface', { name, external_ids: externalIds });
      const common = { name, vlan_mode: 'access', external_ids: externalIds } as const;
      return add.insert('Port', { ...common, interfaces: [iface], tag: vlan });
    });
    add.mutate('Bridge', this.#database.requireBridge()._uuid, { insert: { ports: rows } });
    const what = ports.length === 1 ? `${ports[0]?.name} vlan ${ports[0]?.vlan}` : `${ports.length} ports`;
    await this.#commit(
      ports.map(({ name }) => name),
      add.comment(`ovn-docker: plug ${what}`),
    );
  }

  #viewOf(row: Row<'Port'>): PluggedPort {
    const [uuid] = row.interfaces;
    const ofport = uuid && this.#database.replica.get('Interface', uuid)?.ofport;
    return { ...viewOf(row), ...(ofport !== undefined && ofport > 0 ? { ofport } : {}) };
  }

  #row(name: string): Row<'Port'> | undefined {
    return this.#database.replica.find('Port', { name })[0];
  }
}

function viewOf({ name, tag, trunks, external_ids: externalIds }: Row<'Port'>): PluggedPort {
  return {
    name,
    externalIds,
    ...(tag === undefined ? {} : { vlan: tag }),
    ...(trunks.length === 0 ? {} : { trunks }),
  };
}
