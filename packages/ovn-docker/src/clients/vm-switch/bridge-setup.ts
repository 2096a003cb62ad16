import { type OvsdbClient, OvsdbTimeoutError, type Replica, type VswitchTables } from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../../errors.ts';
import { explainSwitch } from './explain-switch.ts';
import { openSwitchReplica, type SwitchReplica } from './open-switch-replica.ts';

/** A bridge of the VM's Open vSwitch, as far as init sets it up (ovs-vswitchd.conf.db(5)). */
export interface BridgeState {
  readonly datapathType: string;
  /** MAC address in `other_config:hwaddr`; undefined if Open vSwitch chooses it. */
  readonly mac: string | undefined;
  /** MTU in `mtu_request` of the bridge's own interface; undefined if it follows the smallest port. */
  readonly mtu: number | undefined;
  /** Names of its ports except its own. */
  readonly ports: readonly string[];
}

/** What a bridge gets. */
export interface BridgeWish {
  readonly name: string;
  readonly uplink: string;
  readonly mac: string;
  /** In bytes. */
  readonly mtu: number;
  /** `system` for the kernel's datapath, `netdev` for the one in user space. Of a new bridge only. */
  readonly datapathType: string;
}

/** The key in `external_ids` of a bridge that init has made. */
const MARK = 'ovn-docker:init';
/** Time that ovs-vswitchd may need, in ms. */
const PATIENCE_MS = 20_000;

/** The bridges of the VM's Open vSwitch. Each change is one durable transaction. */
export class BridgeSetup implements AsyncDisposable {
  readonly #client: OvsdbClient;
  readonly #replica: Replica<VswitchTables>;

  private constructor({ client, replica }: SwitchReplica) {
    this.#client = client;
    this.#replica = replica;
  }

  /** @throws OvnDockerError `E_SWITCH` when the database does not answer */
  static async open(remote: string): Promise<BridgeSetup> {
    const columns = {
      Open_vSwitch: ['bridges', 'next_cfg', 'cur_cfg'],
      Bridge: ['name', 'ports', 'datapath_type', 'other_config', 'external_ids'],
      Port: ['name', 'interfaces'],
      Interface: ['name', 'type', 'mtu_request', 'ofport', 'error'],
    } as const;
    const hint =
      'install and start it: `apt install openvswitch-switch`, `systemctl start openvswitch-switch`';
    return new BridgeSetup(await openSwitchReplica(remote, columns, { hint }));
  }

  /** The bridge with that name; undefined if there is none. */
  find(name: string): BridgeState | undefined {
    const [bridge] = this.#replica.find('Bridge', { name });
    if (!bridge) return undefined;
    const [own] = this.#replica.find('Interface', { name });
    return {
      datapathType: bridge.datapath_type,
      mac: bridge.other_config['hwaddr']?.toLowerCase(),
      mtu: own?.mtu_request,
      ports: bridge.ports
        .flatMap((uuid) => this.#replica.get('Port', uuid)?.name ?? [])
        .filter((port) => port !== name)
        .toSorted(),
    };
  }

  /** The name of the bridge that has this port; undefined if none has it. */
  bridgeOf(port: string): string | undefined {
    const uuids = new Set(this.#replica.find('Port', { name: port }).map(({ _uuid }) => _uuid));
    const found = [...this.#replica.rows('Bridge').values()].find(({ ports }) =>
      ports.some((uuid) => uuids.has(uuid)),
    );
    return found?.name;
  }

  /**
   * Makes the bridge with its MAC address, its MTU and the uplink in one transaction, or changes an existing
   * one, and waits until ovs-vswitchd uses it.
   * @throws OvnDockerError `E_SWITCH` also when ovs-vswitchd cannot use bridge or uplink
   */
  async ensure({ name, uplink, mac, mtu, datapathType }: BridgeWish): Promise<void> {
    const write = this.#replica
      .transaction()
      .comment(`ovn-docker init: bridge ${name} with uplink ${uplink}`);
    const [bridge] = this.#replica.find('Bridge', { name });
    const addPort = (port: string, iface: object) =>
      write.insert('Port', { name: port, interfaces: [write.insert('Interface', { name: port, ...iface })] });
    if (bridge) {
      write.mutate('Bridge', bridge._uuid, { delete: { other_config: ['hwaddr'] } });
      write.mutate('Bridge', bridge._uuid, { insert: { other_config: { hwaddr: mac } } });
      write.update('Interface', { name }, { mtu_request: mtu });
      if (!this.find(name)?.ports.includes(uplink))
        write.mutate('Bridge', bridge._uuid, { insert: { ports: [addPort(uplink, {})] } });
    } else {
      const row = write.expectMissing('Bridge', { name }).insert('Bridge', {
        name,
        ports: [addPort(name, { type: 'internal', mtu_request: mtu }), addPort(uplink, {})],
        datapath_type: datapathType === 'system' ? '' : datapathType,
        other_config: { hwaddr: mac },
        external_ids: { [MARK]: 'true' },
      });
      write.mutate('Open_vSwitch', this.#root()._uuid, { insert: { bridges: [row] } });
    }
    await this.#commit(write, true);
    for (const iface of [name, uplink]) {
      const [row] = this.#replica.find('Interface', { name: iface });
      const isUsed = row?.error === undefined && row?.ofport !== undefined && row.ofport >= 0;
      if (isUsed) continue;
      throw new OvnDockerError(
        'E_SWITCH',
        `ovs-vswitchd cannot use ${iface}: ${row?.error ?? 'no OpenFlow port'}`,
      );
    }
  }

  /**
   * Makes a bridge again what it was; undefined removes it with all its ports. Ignores a missing bridge.
   * @param waits whether to wait until ovs-vswitchd has applied the change
   */
  async restore(
    name: string,
    before: BridgeState | undefined,
    uplink: string,
    waits: boolean,
  ): Promise<void> {
    const [bridge] = this.#replica.find('Bridge', { name });
    if (!bridge) return;
    const write = this.#replica.transaction().comment(`ovn-docker init: restore bridge ${name}`);
    if (before) {
      write.mutate('Bridge', bridge._uuid, { delete: { other_config: ['hwaddr'] } });
      if (before.mac !== undefined)
        write.mutate('Bridge', bridge._uuid, { insert: { other_config: { hwaddr: before.mac } } });
      write.update('Interface', { name }, { mtu_request: before.mtu });
      const ports = this.#replica.find('Port', { name: uplink }).map(({ _uuid }) => _uuid);
      if (!before.ports.includes(uplink)) write.mutate('Bridge', bridge._uuid, { delete: { ports } });
    } else {
      // ovsdb-server deletes rows that no other row refers to (RFC 7047 §3.1, isRoot).
      write.mutate('Open_vSwitch', this.#root()._uuid, { delete: { bridges: [bridge._uuid] } });
    }
    await this.#commit(write, waits);
  }

  #root(): VswitchTables['Open_vSwitch'] {
    const [root] = this.#replica.rows('Open_vSwitch').values();
    if (!root) throw new OvnDockerError('E_SWITCH', 'the Open_vSwitch database is empty');
    return root;
  }

  async #commit(write: ReturnType<Replica<VswitchTables>['transaction']>, waits: boolean): Promise<void> {
    write.mutate('Open_vSwitch', this.#root()._uuid, { add: { next_cfg: 1 } });
    await explainSwitch(write.commit({ durable: true }));
    if (!waits) return;
    const target = this.#root().next_cfg;
    try {
      await this.#replica.until(() => this.#root().cur_cfg >= target, { timeoutMs: PATIENCE_MS });
    } catch (error) {
      if (!(error instanceof OvsdbTimeoutError)) throw error;
      const message = `ovs-vswitchd did not apply a change of the bridge within ${PATIENCE_MS / 1000} s`;
      throw new OvnDockerError('E_SWITCH', message, {
        hint: 'check whether it runs: `systemctl status ovs-vswitchd`',
        cause: error,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#replica.close();
    await this.#client.close();
  }
}
