import { type OvsdbClient, OvsdbTimeoutError, type Replica, type VswitchTables } from '@ovn-docker/ovsdb';
import { OvnDockerError } from '../../errors.ts';
import { openSwitchReplica, type SwitchReplica } from './open-switch-replica.ts';

export type Row<T extends keyof VswitchTables> = VswitchTables[T];

/**
 * The time that ovs-vswitchd may need to apply a change, in milliseconds: with 4,000 ports a change takes
 * seconds.
 */
const PATIENCE_MS = 60_000;

/**
 * A connection to the Open_vSwitch database, with a replica of the columns that the agent reads.
 */
export class SwitchDatabase implements AsyncDisposable {
  readonly client: OvsdbClient;
  readonly replica: Replica<VswitchTables>;
  /** Name of the bridge that the container NICs are plugged into. */
  readonly bridge: string;

  private constructor({ client, replica }: SwitchReplica, bridge: string) {
    this.client = client;
    this.replica = replica;
    this.bridge = bridge;
  }

  /**
   * @param patienceMs how long the database may be away, in milliseconds
   * @throws OvnDockerError `E_SWITCH` when the database does not answer or has no such bridge
   */
  static async open(remote: string, bridge: string, patienceMs?: number): Promise<SwitchDatabase> {
    const columns = {
      Open_vSwitch: ['next_cfg', 'cur_cfg'],
      Bridge: ['name', 'ports', 'mirrors', 'flood_vlans', 'datapath_type', 'external_ids'],
      Port: ['name', 'tag', 'vlan_mode', 'trunks', 'interfaces', 'external_ids'],
      Interface: [
        'name',
        'type',
        'options',
        'ofport',
        'error',
        'ifindex',
        'mac_in_use',
        'mtu_request',
        'admin_state',
        'link_state',
        'external_ids',
      ],
      Mirror: ['name', 'output_vlan'],
    } as const;
    const options = patienceMs === undefined ? {} : { patienceMs };
    await using opened = new AsyncDisposableStack();
    const database = opened.use(
      new SwitchDatabase(await openSwitchReplica(remote, columns, options), bridge),
    );
    database.requireBridge();
    opened.move();
    return database;
  }

  /** @throws OvnDockerError `E_SWITCH` when the database has no row in Open_vSwitch */
  requireRoot(): Row<'Open_vSwitch'> {
    const [root] = this.replica.rows('Open_vSwitch').values();
    if (!root) throw new OvnDockerError('E_SWITCH', 'the Open_vSwitch database is empty');
    return root;
  }

  /** Undefined while another program has removed the bridge. */
  findBridge(): Row<'Bridge'> | undefined {
    return this.replica.find('Bridge', { name: this.bridge })[0];
  }

  /** @throws OvnDockerError `E_SWITCH` when the database has no such bridge */
  requireBridge(): Row<'Bridge'> {
    const row = this.findBridge();
    if (!row) throw new OvnDockerError('E_SWITCH', `Open vSwitch has no bridge "${this.bridge}"`);
    return row;
  }

  /**
   * Waits until ovs-vswitchd has applied the newest `next_cfg`: it sets `cur_cfg` to that number
   * (ovs-vswitchd.conf.db(5), next_cfg).
   * @param purpose what the caller waits for, in the error's words
   * @throws OvnDockerError `E_SWITCH` when that takes longer than `timeoutMs`
   */
  untilCurrent(purpose: string, timeoutMs?: number): Promise<void> {
    const target = this.requireRoot().next_cfg;
    return this.until(purpose, () => this.requireRoot().cur_cfg >= target, timeoutMs);
  }

  /**
   * Waits until `predicate` is true for the replica.
   * @param purpose what the caller waits for, in the error's words
   * @throws OvnDockerError `E_SWITCH` when that takes longer than `timeoutMs`
   */
  async until(purpose: string, predicate: () => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
    try {
      await this.replica.until(predicate, { timeoutMs });
    } catch (error) {
      if (!(error instanceof OvsdbTimeoutError)) throw error;
      throw new OvnDockerError('E_SWITCH', `ovs-vswitchd did not answer: waited for ${purpose}`, {
        cause: error,
      });
    }
  }

  /**
   * Calls back for each new or changed row of the Interface table.
   * @param listener `before` is undefined for a new row
   * @returns a function that ends the calls
   */
  onInterfaceChange(
    listener: (before: Row<'Interface'> | undefined, now: Row<'Interface'>) => void,
  ): () => void {
    return this.replica.on('change', (changes) => {
      for (const change of changes) {
        if (change.table !== 'Interface' || change.kind === 'delete') continue;
        listener(change.kind === 'insert' ? undefined : change.old, change.new);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.replica.close();
    await this.client.close();
  }
}
