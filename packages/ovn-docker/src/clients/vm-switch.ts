import { once } from 'node:events';
import {
  connect,
  type OvsdbClient,
  OvsdbTimeoutError,
  openReplica,
  type Replica,
  type Transaction,
  type VswitchTables,
  vswitchSchema,
} from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../errors.ts';

type Row<T extends keyof VswitchTables> = VswitchTables[T];

/** How long ovs-vswitchd may take to carry out a change, in milliseconds: with 4,000 ports one takes seconds. */
const PATIENCE_MS = 60_000;

/** A port of the bridge as we read it back: the truth about what is plugged. */
export interface PluggedPort {
  readonly name: string;
  readonly vlan?: number;
  readonly externalIds: Readonly<Record<string, string>>;
}

/** An access port to plug. */
export interface AccessPort {
  readonly name: string;
  readonly vlan: number;
  readonly externalIds: Readonly<Record<string, string>>;
}

/**
 * The VM's own Open vSwitch: a replica of its database and the few transactions that we make there. Its only work is
 * to tag: one access port per container NIC (ovs-vswitchd.conf.db(5), Port table, `vlan_mode=access`).
 */
export class VmSwitch implements AsyncDisposable {
  readonly #client: OvsdbClient;
  readonly #replica: Replica<VswitchTables>;
  /** Names of ports that changes of ours are under way for. */
  readonly #changing = new Set<ReadonlySet<string>>();
  /** Name of the bridge that containers are plugged into. */
  readonly bridge: string;

  private constructor(client: OvsdbClient, replica: Replica<VswitchTables>, bridge: string) {
    this.#client = client;
    this.#replica = replica;
    this.bridge = bridge;
  }

  /** @throws OvnDockerError `E_SWITCH` when the database does not answer or has no such bridge */
  static async open(remote: string, bridge: string): Promise<VmSwitch> {
    // What is open when something fails would keep the process alive.
    await using opened = new AsyncDisposableStack();
    try {
      const client = opened.use(await connect({ remotes: remote, signal: AbortSignal.timeout(10_000) }));
      const replica = opened.use(
        await openReplica(client, vswitchSchema, {
          Open_vSwitch: ['next_cfg', 'cur_cfg'],
          Bridge: ['name', 'ports', 'datapath_type', 'external_ids'],
          Port: ['name', 'tag', 'interfaces', 'external_ids'],
          Interface: ['name', 'ofport', 'error', 'mac_in_use', 'link_state'],
        }),
      );
      const vmSwitch = new VmSwitch(client, replica, bridge);
      vmSwitch.#bridgeRow();
      opened.move();
      return vmSwitch;
    } catch (error) {
      if (error instanceof OvnDockerError) throw error;
      throw new OvnDockerError('E_SWITCH', `Open vSwitch does not answer on ${remote}`, { cause: error });
    }
  }

  /**
   * Holds `name` until the process ends (RFC 7047 §4.1.8): one agent per VM works, the next one waits.
   * @param on `lost`: somebody else may hold it, because ovsdb-server was restarted or the lock stolen; `waiting`: somebody
   * else holds it now
   * @returns whether it is held; false when `signal` ended the waiting
   */
  async lock(
    name: string,
    signal: AbortSignal,
    on: { lost?: () => void; waiting?: () => void } = {},
  ): Promise<boolean> {
    if (signal.aborted) return false;
    const lock = await this.#client.lock(name);
    if (on.lost) lock.on('lost', on.lost);
    if (!lock.held) on.waiting?.();
    await Promise.race([lock.acquired, once(signal, 'abort')]);
    return lock.held;
  }

  /** `netdev` means that the datapath is in user space and reads packets before checksums are filled in. */
  get isUserspace(): boolean {
    return this.#bridgeRow().datapath_type === 'netdev';
  }

  /** The MAC addresses of the bridge's own interface and of the interface `uplink`, in lower case. */
  macsOf(...names: string[]): string[] {
    return names
      .map((name) => this.#replica.find('Interface', { name })[0]?.mac_in_use?.toLowerCase())
      .filter((mac) => mac !== undefined);
  }

  /** Every port of the bridge. */
  ports(): PluggedPort[] {
    return this.#bridgeRow().ports.flatMap((uuid) => {
      const row = this.#replica.get('Port', uuid);
      return row ? [this.#plugged(row)] : [];
    });
  }

  /** The port of that name, if it is plugged. */
  port(name: string): PluggedPort | undefined {
    const [row] = this.#replica.find('Port', { name });
    return row && this.#plugged(row);
  }

  /**
   * Adds access ports in one transaction and waits until ovs-vswitchd has opened them. Done twice, it is done once.
   * @throws OvnDockerError `E_SWITCH`
   */
  async plug(ports: readonly AccessPort[]): Promise<void> {
    const missing = ports.filter(({ name }) => !this.#replica.find('Port', { name })[0]);
    if (missing.length > 0) await this.#add(missing);
    const waiting = new Set(ports.map(({ name }) => name));
    await this.#until('ports to be opened', () => {
      for (const name of waiting) {
        const [row] = this.#replica.find('Interface', { name });
        if (row?.error !== undefined) {
          throw new OvnDockerError('E_SWITCH', `ovs-vswitchd cannot use ${name}: ${row.error}`);
        }
        if (row?.ofport !== undefined) waiting.delete(name);
      }
      return waiting.size === 0;
    });
  }

  /**
   * Removes ports in one transaction; those that are not there are fine.
   * @param settled waits until ovs-vswitchd has let go of their interfaces: it takes changes that come quickly one after
   * the other as one, and would go on with the old interface of a name that is used again
   */
  async unplug(names: readonly string[], { settled = false } = {}): Promise<void> {
    const rows = names.flatMap((name) => this.#replica.find('Port', { name }));
    if (rows.length === 0) return;
    const remove = this.#replica.transaction();
    // Port and Interface rows are collected by the server when nothing refers to them (RFC 7047 §3.1, isRoot).
    remove.mutate('Bridge', this.#bridgeRow()._uuid, { delete: { ports: rows.map(({ _uuid }) => _uuid) } });
    const [root] = this.#replica.rows('Open_vSwitch').values();
    if (settled && root) remove.mutate('Open_vSwitch', root._uuid, { add: { next_cfg: 1 } });
    remove.comment(`ovn-docker: unplug ${rows.length} ports`);
    await this.#change(
      rows.map(({ name }) => name),
      remove,
    );
    if (settled) await this.#carriedOut('ports to be closed');
  }

  /**
   * Waits until ovs-vswitchd has carried out everything that is in the database now.
   * @throws OvnDockerError `E_SWITCH` when it does not in `timeoutMs`
   */
  async settle(timeoutMs?: number): Promise<void> {
    const { _uuid } = this.#configuration();
    await this.#replica
      .transaction()
      .mutate('Open_vSwitch', _uuid, { add: { next_cfg: 1 } })
      .commit();
    await this.#carriedOut('a sign of life', timeoutMs);
  }

  /** Why ovs-vswitchd cannot use an interface; undefined when it does. */
  problemOf(name: string): string | undefined {
    const [row] = this.#replica.find('Interface', { name });
    if (!row) return 'the database has no such interface';
    if (row.error !== undefined) return row.error;
    // ovs-vswitchd.conf.db(5), ofport: -1 when the interface could not be made, empty when nobody has tried yet.
    return row.ofport === undefined || row.ofport < 0 ? 'it has no OpenFlow port' : undefined;
  }

  /** Sets keys of a port's `external_ids`; undefined takes one away. A port that is not there is left alone. */
  async annotate(name: string, notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    const [row] = this.#replica.find('Port', { name });
    if (!row) return;
    const write = this.#replica.transaction();
    const set = Object.entries(notes).filter((pair): pair is [string, string] => pair[1] !== undefined);
    write.mutate('Port', row._uuid, { delete: { external_ids: Object.keys(notes) } });
    if (set.length > 0)
      write.mutate('Port', row._uuid, { insert: { external_ids: Object.fromEntries(set) } });
    await this.#change([name], write);
  }

  /** Makes a port the access port of this VLAN again, whatever it was made since. A port that is not there is left alone. */
  async retag(name: string, vlan: number): Promise<void> {
    const [row] = this.#replica.find('Port', { name });
    if (!row) return;
    const write = this.#replica.transaction();
    write.update('Port', row._uuid, { tag: vlan, vlan_mode: 'access' });
    await this.#change([name], write.comment(`ovn-docker: ${name} is of vlan ${vlan}`));
  }

  /**
   * Calls back for each port that somebody else has changed or removed. Gives the function that ends it.
   * @param listener `is` is undefined when the port is gone
   */
  onOthersChange(listener: (was: PluggedPort, is: PluggedPort | undefined) => void): () => void {
    return this.#replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table !== 'Port' || change.kind === 'insert') continue;
        const was = this.#plugged(change.old);
        if (this.#isChanging(was.name)) continue;
        listener(was, change.kind === 'delete' ? undefined : this.#plugged(change.new));
      }
    });
  }

  /**
   * Calls back for each interface that gets a carrier: of a veth pair, the other end is up.
   * Gives the function that ends it.
   */
  onLinkUp(listener: (name: string) => void): () => void {
    return this.#replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table !== 'Interface' || change.kind === 'delete') continue;
        const was = change.kind === 'insert' ? undefined : change.old.link_state;
        if (change.new.link_state === 'up' && was !== 'up') listener(change.new.name);
      }
    });
  }

  /** Commits a change of ours: the replica shows its effects before that is over. */
  async #change(ports: readonly string[], transaction: Transaction<VswitchTables>): Promise<void> {
    const names = new Set(ports);
    this.#changing.add(names);
    try {
      await transaction.commit();
    } finally {
      this.#changing.delete(names);
    }
  }

  #isChanging(name: string): boolean {
    for (const names of this.#changing) if (names.has(name)) return true;
    return false;
  }

  /** Our own notes on the bridge: they live as long as the VM's switch does. */
  notes(): Readonly<Record<string, string>> {
    return this.#bridgeRow().external_ids;
  }

  async writeNote(key: string, value: string | undefined): Promise<void> {
    const { _uuid } = this.#bridgeRow();
    const write = this.#replica.transaction().mutate('Bridge', _uuid, { delete: { external_ids: [key] } });
    if (value !== undefined) write.mutate('Bridge', _uuid, { insert: { external_ids: { [key]: value } } });
    await write.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#replica.close();
    await this.#client.close();
  }

  async #add(ports: readonly AccessPort[]): Promise<void> {
    const add = this.#replica.transaction();
    const rows = ports.map(({ name, vlan, externalIds }) => {
      const iface = add.insert('Interface', { name, external_ids: externalIds });
      const common = { name, vlan_mode: 'access', external_ids: externalIds } as const;
      return add.insert('Port', { ...common, interfaces: [iface], tag: vlan });
    });
    add.mutate('Bridge', this.#bridgeRow()._uuid, { insert: { ports: rows } });
    const what = ports.length === 1 ? `${ports[0]?.name} vlan ${ports[0]?.vlan}` : `${ports.length} ports`;
    await add.comment(`ovn-docker: plug ${what}`).commit();
  }

  /** ovs-vswitchd.conf.db(5), next_cfg: cur_cfg follows it once the change is carried out. */
  #carriedOut(what: string, timeoutMs?: number): Promise<void> {
    const target = this.#configuration().next_cfg;
    return this.#until(what, () => this.#configuration().cur_cfg >= target, timeoutMs);
  }

  async #until(what: string, predicate: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
    try {
      await this.#replica.until(predicate, { timeoutMs });
    } catch (error) {
      if (!(error instanceof OvsdbTimeoutError)) throw error;
      throw new OvnDockerError('E_SWITCH', `ovs-vswitchd did not answer: waited for ${what}`, {
        cause: error,
      });
    }
  }

  #configuration(): Row<'Open_vSwitch'> {
    const [root] = this.#replica.rows('Open_vSwitch').values();
    if (!root) throw new OvnDockerError('E_SWITCH', 'the Open_vSwitch database is empty');
    return root;
  }

  #bridgeRow(): Row<'Bridge'> {
    const [row] = this.#replica.find('Bridge', { name: this.bridge });
    if (!row) throw new OvnDockerError('E_SWITCH', `Open vSwitch has no bridge "${this.bridge}"`);
    return row;
  }

  #plugged(row: Row<'Port'>): PluggedPort {
    const { name, tag, external_ids: externalIds } = row;
    return { name, externalIds, ...(tag === undefined ? {} : { vlan: tag }) };
  }
}
