import { once } from 'node:events';
import {
  type AccessPort,
  AccessPorts,
  type ChangeListener,
  type PluggedInterface,
  type PluggedPort,
  withoutUndefined,
} from './vm-switch/access-ports.ts';
import { BridgeVlans, type VlanUsers } from './vm-switch/bridge-vlans.ts';
import { explainSwitch } from './vm-switch/explain-switch.ts';
import { SwitchDatabase } from './vm-switch/switch-database.ts';

export type { AccessPort, PluggedInterface, PluggedPort, VlanUsers };

/**
 * The VM's own Open vSwitch, whose only task is to add the VLAN: one access port per container NIC.
 * Everything that the agent reads or changes there is a method of this class.
 */
export class VmSwitch implements AsyncDisposable {
  readonly #database: SwitchDatabase;
  readonly #accessPorts: AccessPorts;
  readonly #vlans: BridgeVlans;

  private constructor(database: SwitchDatabase) {
    this.#database = database;
    this.#accessPorts = new AccessPorts(database);
    this.#vlans = new BridgeVlans(database);
  }

  /**
   * @param patienceMs how long the database may be away, in milliseconds
   * @throws OvnDockerError `E_SWITCH` when the database does not answer or has no such bridge
   */
  static async open(remote: string, bridge: string, patienceMs?: number): Promise<VmSwitch> {
    return new VmSwitch(await SwitchDatabase.open(remote, bridge, patienceMs));
  }

  /**
   * Acquires the lock `name` and holds it until the process ends (RFC 7047 §4.1.8), so that one agent per VM
   * works and the next agent waits.
   * @param callbacks `lost`: another client may hold the lock, because ovsdb-server was restarted or the lock
   * was stolen; `waiting`: another client holds the lock now
   * @returns whether this process holds the lock; false when `signal` ended the wait
   */
  async lock(
    name: string,
    signal: AbortSignal,
    callbacks: { lost?: () => void; waiting?: () => void } = {},
  ): Promise<boolean> {
    if (signal.aborted) return false;
    const lock = await this.#database.client.lock(name);
    if (callbacks.lost) lock.on('lost', callbacks.lost);
    if (!lock.held) callbacks.waiting?.();
    await Promise.race([lock.acquired, once(signal, 'abort')]);
    return lock.held;
  }

  /** Name of the bridge that the container NICs are plugged into. */
  get bridge(): string {
    return this.#database.bridge;
  }

  /**
   * Whether the datapath runs in user space (`netdev`), which reads packets before the kernel fills in
   * checksums.
   */
  get isUserspace(): boolean {
    return this.#database.requireBridge().datapath_type === 'netdev';
  }

  /** The MAC addresses of the interfaces with these names, in lower case; unknown interfaces are left out. */
  macsOf(...names: string[]): string[] {
    return names
      .map((name) => this.#database.replica.find('Interface', { name })[0]?.mac_in_use?.toLowerCase())
      .filter((mac) => mac !== undefined);
  }

  /** Every port of the bridge. */
  ports(): PluggedPort[] {
    return this.#accessPorts.all();
  }

  /** The port with that name; undefined when none is plugged. */
  port(name: string): PluggedPort | undefined {
    return this.#accessPorts.get(name);
  }

  /**
   * The VLANs that are taken on the bridge now, by the agent or by other programs, and what has them.
   * @param uplink name of the port to the hypervisor: its `trunks` take no VLAN
   */
  vlanUsers(uplink: string): VlanUsers {
    return this.#vlans.users(uplink);
  }

  /** Whether the port passes frames of the VLAN with their tag. True for a port that does not exist. */
  carriesVlan(name: string, vlan: number): boolean {
    return this.#vlans.carries(name, vlan);
  }

  /** Names of the bridge's ports that pass every VLAN: what is behind them sees all containers' frames. */
  carriersOfAllVlans(): string[] {
    return this.#vlans.carriersOfAll();
  }

  /**
   * Adds the missing access ports in one transaction and waits until ovs-vswitchd has opened all of `ports`.
   * @throws OvnDockerError `E_SWITCH`
   */
  plug(ports: readonly AccessPort[]): Promise<void> {
    return this.#accessPorts.plug(ports);
  }

  /**
   * Removes ports in one transaction and ignores those that do not exist.
   * @param options `awaitClose`: waits until ovs-vswitchd has closed their interfaces. ovs-vswitchd merges
   * changes in quick succession: a port plugged under the same name right away would keep the old interface.
   */
  unplug(names: readonly string[], options: { awaitClose?: boolean } = {}): Promise<void> {
    return this.#accessPorts.unplug(names, options);
  }

  /**
   * Sets keys of a port's `external_ids` and deletes those that are undefined. Ignores a port that does not
   * exist.
   */
  annotate(name: string, notes: Readonly<Record<string, string | undefined>>): Promise<void> {
    return this.#accessPorts.annotate(name, notes);
  }

  /**
   * Makes ports again what `plug` made them, after another program changed their rows, all in one
   * transaction. Ignores ports that the bridge does not have, and keeps other programs' `external_ids`.
   */
  restore(ports: readonly AccessPort[]): Promise<void> {
    return this.#accessPorts.restore(ports);
  }

  /**
   * Calls back for each port of any bridge that another program has added, changed or removed.
   * @returns a function that ends the calls
   */
  onOthersChange(listener: ChangeListener): () => void {
    return this.#accessPorts.onOthersChange(listener);
  }

  /**
   * Calls back with the name of each port that anyone has added, changed or removed, also when ovs-vswitchd
   * has opened its interface.
   * @returns a function that ends the calls
   */
  onPortChange(listener: (name: string) => void): () => void {
    return this.#accessPorts.onChange(listener);
  }

  /**
   * Calls back for each interface that gets a carrier. For a veth pair this means that its other end is up.
   * @returns a function that ends the calls
   */
  onLinkUp(listener: (name: string) => void): () => void {
    return this.#database.onInterfaceChange((before, now) => {
      if (now.link_state === 'up' && before?.link_state !== 'up') listener(now.name);
    });
  }

  /**
   * Calls back for each interface that exists and was up and is administratively down now.
   * @returns a function that ends the calls
   */
  onTakenDown(listener: (name: string) => void): () => void {
    return this.#database.onInterfaceChange((before, now) => {
      if (before?.admin_state === 'up' && now.admin_state === 'down') listener(now.name);
    });
  }

  /**
   * Waits until ovs-vswitchd has applied everything that is in the database now.
   * @throws OvnDockerError `E_SWITCH` when that takes longer than `timeoutMs`
   */
  async untilApplied(timeoutMs?: number): Promise<void> {
    const { _uuid } = this.#database.requireRoot();
    const bump = this.#database.replica.transaction().mutate('Open_vSwitch', _uuid, { add: { next_cfg: 1 } });
    await explainSwitch(bump.commit());
    await this.#database.untilCurrent('a sign of life', timeoutMs);
  }

  /** Why ovs-vswitchd cannot use an interface; undefined when it uses the interface. */
  problemOf(name: string): string | undefined {
    const [row] = this.#database.replica.find('Interface', { name });
    if (!row) return 'the database has no such interface';
    if (row.error !== undefined) return row.error;
    // ovs-vswitchd.conf.db(5), ofport: -1 when ovs-vswitchd failed to add the interface, empty before it has
    // tried.
    return row.ofport === undefined || row.ofport < 0 ? 'it has no OpenFlow port' : undefined;
  }

  /** The records in the bridge's `external_ids`: they last as long as the VM's switch. */
  records(): Readonly<Record<string, string>> {
    return this.#database.requireBridge().external_ids;
  }

  /** Writes records, all in one transaction, and deletes those whose value is undefined. */
  async writeRecords(records: Readonly<Record<string, string | undefined>>): Promise<void> {
    const { _uuid } = this.#database.requireBridge();
    const write = this.#database.replica.transaction();
    const set = withoutUndefined(records);
    write.mutate('Bridge', _uuid, { delete: { external_ids: Object.keys(records) } });
    if (Object.keys(set).length > 0) write.mutate('Bridge', _uuid, { insert: { external_ids: set } });
    await explainSwitch(write.commit());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}
