import type { Transaction, Uuid, VswitchTables } from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../../errors.ts';
import { explainSwitch } from './explain-switch.ts';
import type { Row, SwitchDatabase } from './switch-database.ts';

/**
 * A port of the bridge in the agent's replica of the database (ovs-vswitchd.conf.db(5), Port table). Optional
 * columns are undefined when they are empty.
 */
export interface PluggedPort {
  readonly name: string;
  readonly vlan?: number | undefined;
  readonly vlanMode?: string | undefined;
  /** VLANs of a trunk port that does not pass all of them. */
  readonly trunks: readonly number[];
  /** The interface's number in OpenFlow; undefined until ovs-vswitchd has opened it, and if it cannot. */
  readonly ofport?: number | undefined;
  readonly externalIds: Readonly<Record<string, string>>;
  /** The port's only interface; undefined for a bond. */
  readonly iface: PluggedInterface | undefined;
}

/** What the database says of a port's interface (ovs-vswitchd.conf.db(5), Interface table). */
export interface PluggedInterface {
  /** Empty for an interface that the kernel has. */
  readonly type: string;
  readonly externalIds: Readonly<Record<string, string>>;
  readonly mtuRequest?: number | undefined;
  /** Why ovs-vswitchd cannot use the interface. */
  readonly error?: string | undefined;
  /** The kernel's index of the interface that ovs-vswitchd has opened. */
  readonly ifindex?: number | undefined;
  readonly adminState?: string | undefined;
  readonly linkState?: string | undefined;
}

/** `before` is undefined for a new port, `after` for a removed one. */
export type ChangeListener = (before: PluggedPort | undefined, after: PluggedPort | undefined) => void;

/** An access port to plug. */
export interface AccessPort {
  readonly name: string;
  readonly vlan: number;
  /** For the `external_ids` of the Port row and of its Interface row. */
  readonly externalIds: Readonly<Record<string, string>>;
  /** For the `external_ids` of the Port row only; undefined values delete their keys. */
  readonly notes: Readonly<Record<string, string | undefined>>;
}

/**
 * The bridge's access ports (ovs-vswitchd.conf.db(5), Port table, `vlan_mode=access`). Distinguishes changes
 * of the agent from changes of other programs.
 */
export class AccessPorts {
  readonly #database: SwitchDatabase;
  /** The names of the ports in each transaction of this process that is being committed. */
  readonly #changing = new Set<ReadonlySet<string>>();
  /**
   * The bridge's ports, as its row lists them and as a set: a VM may have thousands, and each start of a
   * container looks up its own several times.
   */
  #members: { readonly list: Row<'Bridge'>['ports']; readonly uuids: ReadonlySet<Uuid> } | undefined;

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
    // Another program has moved the ports to another bridge.
    await this.unplug(
      missing.map(({ name }) => name),
      { awaitClose: true },
    );
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
    for (const bridge of this.#bridgesOf(uuids))
      remove.mutate('Bridge', bridge, { delete: { ports: uuids } });
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
    const set = withoutUndefined(notes);
    write.mutate('Port', row._uuid, { delete: { external_ids: Object.keys(notes) } });
    if (Object.keys(set).length > 0) write.mutate('Port', row._uuid, { insert: { external_ids: set } });
    await this.#commit([name], write);
  }

  async restore(ports: readonly AccessPort[]): Promise<void> {
    const present = ports.flatMap((port) => {
      const row = this.#row(port.name);
      return row ? [{ port, row }] : [];
    });
    if (present.length === 0) return;
    const write = this.#database.replica.transaction();
    for (const { port, row } of present) {
      const { vlan: tag, externalIds, notes } = port;
      write.update('Port', row._uuid, { tag, vlan_mode: 'access', trunks: [] });
      // Keys of other programs stay.
      const ours = { ...externalIds, ...notes };
      write.mutate('Port', row._uuid, { delete: { external_ids: Object.keys(ours) } });
      write.mutate('Port', row._uuid, { insert: { external_ids: withoutUndefined(ours) } });
      for (const uuid of row.interfaces) {
        write.update('Interface', uuid, { type: '', mtu_request: undefined });
        write.mutate('Interface', uuid, { delete: { external_ids: Object.keys(externalIds) } });
        write.mutate('Interface', uuid, { insert: { external_ids: externalIds } });
      }
    }
    write.mutate('Open_vSwitch', this.#database.requireRoot()._uuid, { add: { next_cfg: 1 } });
    const names = present.map(({ port }) => port.name);
    await this.#commit(names, write.comment(`ovn-docker: restore ${names.length} ports`));
    // Until then, the rows may still carry an error of their former state.
    await this.#database.untilCurrent('ports to be restored');
  }

  onOthersChange(listener: ChangeListener): () => void {
    return this.#database.replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table !== 'Port') continue;
        const before = change.kind === 'insert' ? undefined : this.#viewOf(change.old);
        const after = change.kind === 'delete' ? undefined : this.#viewOf(change.new);
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
    const rows = ports.map(({ name, vlan, externalIds, notes }) => {
      const iface = add.insert('Interface', { name, external_ids: externalIds });
      const external_ids = { ...externalIds, ...withoutUndefined(notes) };
      const common = { name, vlan_mode: 'access', external_ids } as const;
      return add.insert('Port', { ...common, interfaces: [iface], tag: vlan });
    });
    add.mutate('Bridge', this.#database.requireBridge()._uuid, { insert: { ports: rows } });
    const what = ports.length === 1 ? `${ports[0]?.name} vlan ${ports[0]?.vlan}` : `${ports.length} ports`;
    await this.#commit(
      ports.map(({ name }) => name),
      add.comment(`ovn-docker: plug ${what}`),
    );
  }

  /**
   * The row of that name, if it is a port of the bridge. Listeners ask: a bridge that another program has
   * removed has no ports, and is no error.
   */
  #row(name: string): Row<'Port'> | undefined {
    const [row] = this.#database.replica.find('Port', { name });
    return row && this.#isOfBridge(row) ? row : undefined;
  }

  #isOfBridge({ _uuid }: Row<'Port'>): boolean {
    const list = this.#database.findBridge()?.ports;
    if (!list) return false;
    // The replica makes another list whenever it changes.
    if (this.#members?.list !== list) this.#members = { list, uuids: new Set(list) };
    return this.#members.uuids.has(_uuid);
  }

  /** The bridges that have any of these ports. */
  #bridgesOf(uuids: readonly Row<'Port'>['_uuid'][]): Row<'Bridge'>['_uuid'][] {
    const ports = new Set(uuids);
    return [...this.#database.replica.rows('Bridge').values()]
      .filter((bridge) => bridge.ports.some((uuid) => ports.has(uuid)))
      .map(({ _uuid }) => _uuid);
  }

  #viewOf({
    name,
    tag,
    vlan_mode: vlanMode,
    trunks,
    external_ids: externalIds,
    interfaces,
  }: Row<'Port'>): PluggedPort {
    const [uuid, ...others] = interfaces;
    const row = uuid && others.length === 0 ? this.#database.replica.get('Interface', uuid) : undefined;
    const ofport = row?.ofport !== undefined && row.ofport > 0 ? row.ofport : undefined;
    return { name, vlan: tag, vlanMode, trunks, ofport, externalIds, iface: row && interfaceView(row) };
  }
}

/** The notes that have a value. */
export function withoutUndefined(
  notes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(notes).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

function interfaceView(row: Row<'Interface'>): PluggedInterface {
  return {
    type: row.type,
    externalIds: row.external_ids,
    mtuRequest: row.mtu_request,
    error: row.error,
    ifindex: row.ifindex,
    adminState: row.admin_state,
    linkState: row.link_state,
  };
}
