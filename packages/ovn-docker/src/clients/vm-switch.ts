import { once } from 'node:events';
import {
  connect,
  type OvsdbClient,
  openReplica,
  type Replica,
  type VswitchTables,
  vswitchSchema,
} from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../errors.ts';

type Row<T extends keyof VswitchTables> = VswitchTables[T];

/** A port of the bridge as we read it back: the truth about what is plugged. */
export interface PluggedPort {
  readonly name: string;
  readonly vlan?: number;
  readonly externalIds: Readonly<Record<string, string>>;
}

/**
 * The VM's own Open vSwitch: a replica of its database and the two transactions that we make there. Its only work is
 * to tag: one access port per container NIC (ovs-vswitchd.conf.db(5), Port table, `vlan_mode=access`).
 */
export class VmSwitch implements AsyncDisposable {
  readonly #client: OvsdbClient;
  readonly #replica: Replica<VswitchTables>;
  /** Name of the bridge that containers are plugged into. */
  readonly bridge: string;

  private constructor(client: OvsdbClient, replica: Replica<VswitchTables>, bridge: string) {
    this.#client = client;
    this.#replica = replica;
    this.bridge = bridge;
  }

  /** @throws OvnDockerError `E_SWITCH` when the database does not answer or has no such bridge */
  static async open(remote: string, bridge: string): Promise<VmSwitch> {
    try {
      const client = await connect({ remotes: remote, signal: AbortSignal.timeout(10_000) });
      const replica = await openReplica(client, vswitchSchema, {
        Bridge: ['name', 'ports', 'datapath_type', 'external_ids'],
        Port: ['name', 'tag', 'interfaces', 'external_ids'],
        Interface: ['name', 'ofport', 'error', 'mac_in_use', 'external_ids'],
      });
      const vmSwitch = new VmSwitch(client, replica, bridge);
      vmSwitch.#bridgeRow();
      return vmSwitch;
    } catch (error) {
      if (error instanceof OvnDockerError) throw error;
      throw new OvnDockerError('E_SWITCH', `Open vSwitch does not answer on ${remote}`, { cause: error });
    }
  }

  /**
   * Holds `name` until the process ends (RFC 7047 §4.1.8): one agent per VM works, the next one waits.
   * @returns whether it is held; false when `signal` ended the waiting
   */
  async lock(name: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const lock = await this.#client.lock(name);
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

  /**
   * Adds `name` as an access port of `vlan` and waits until ovs-vswitchd has opened it. Done twice, it is done once.
   * @throws OvnDockerError `E_SWITCH`
   */
  async plug(name: string, vlan: number, externalIds: Record<string, string>): Promise<void> {
    if (!this.#replica.find('Port', { name })[0]) await this.#addPort(name, vlan, externalIds);
    const opened = await this.#replica.until(
      (replica) => {
        const row = replica.find('Interface', { name })[0];
        return row && (row.error !== undefined || row.ofport !== undefined) ? row : undefined;
      },
      { timeoutMs: 10_000 },
    );
    if (opened.error !== undefined) {
      throw new OvnDockerError('E_SWITCH', `ovs-vswitchd cannot use ${name}: ${opened.error}`);
    }
  }

  /** Removes the port; one that is not there is fine. */
  async unplug(name: string): Promise<void> {
    const [port] = this.#replica.find('Port', { name });
    if (!port) return;
    const remove = this.#replica.transaction();
    // Port and Interface rows are collected by the server when nothing refers to them (RFC 7047 §3.1, isRoot).
    remove.mutate('Bridge', this.#bridgeRow()._uuid, { delete: { ports: [port._uuid] } });
    await remove.comment(`ovn-docker: unplug ${name}`).commit();
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

  async #addPort(name: string, vlan: number, externalIds: Record<string, string>): Promise<void> {
    const add = this.#replica.transaction();
    const iface = add.insert('Interface', { name, external_ids: externalIds });
    const port = add.insert('Port', {
      name,
      interfaces: [iface],
      tag: vlan,
      vlan_mode: 'access',
      external_ids: externalIds,
    });
    add.mutate('Bridge', this.#bridgeRow()._uuid, { insert: { ports: [port] } });
    await add.comment(`ovn-docker: plug ${name} vlan ${vlan}`).commit();
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
