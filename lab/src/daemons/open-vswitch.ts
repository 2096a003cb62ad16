import { connect, openReplica, Transaction, type VswitchTables, vswitchSchema } from '@ovn-docker/ovsdb';
import type { Machine } from '../machine/machine.ts';
import { waitFor } from '../machine/process.ts';

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

/** A bridge and its ports. It uses the userspace datapath: the kernel may lack the openvswitch module. */
export interface BridgeSpec {
  readonly name: string;
  readonly ports: readonly PortSpec[];
  /** MAC address of the bridge's own interface. */
  readonly mac?: string;
}

/** A port with one interface of the same name. */
export interface PortSpec {
  readonly name: string;
  readonly externalIds?: Readonly<Record<string, string>>;
}

/** Starts a machine's ovsdb-server, writes the whole configuration, and then starts ovs-vswitchd. */
export async function startOpenVswitch(
  machine: Machine,
  remote: string,
  config: { bridges: readonly BridgeSpec[]; externalIds?: Readonly<Record<string, string>> },
): Promise<void> {
  const run = '/run/openvswitch';
  await machine.must(['mkdir', '-p', '/etc/openvswitch', '/var/lib/openvswitch', '/var/log/openvswitch']);
  await machine.must(['ovsdb-tool', 'create', '/etc/openvswitch/conf.db', SCHEMA]);
  await machine.must([
    'ovsdb-server',
    '/etc/openvswitch/conf.db',
    `--remote=punix:${run}/db.sock`,
    `--pidfile=${run}/ovsdb-server.pid`,
    ...daemonOptions('/var/log/openvswitch/ovsdb-server.log'),
  ]);
  await configure(machine, remote, config);
  await machine.must([
    'ovs-vswitchd',
    `unix:${run}/db.sock`,
    `--pidfile=${run}/ovs-vswitchd.pid`,
    // As ovs-ctl(8) does: a monitor process starts ovs-vswitchd again, because the userspace conntrack of OVS
    // 3.1 sometimes aborts (conn_update_state).
    '--monitor',
    ...daemonOptions('/var/log/openvswitch/ovs-vswitchd.log'),
  ]);
  using netlink = machine.netlink();
  await waitFor(`the bridges of ${machine.name}`, () =>
    config.bridges.every(({ name }) => netlink.link(name)),
  );
}

/** Options with which the command returns when the daemon is ready (ovs-vswitchd(8), "Daemon Options"). */
export function daemonOptions(logFile: string): string[] {
  return ['--detach', '--no-chdir', `--log-file=${logFile}`, '-vconsole:off'];
}

async function configure(
  machine: Machine,
  remote: string,
  { bridges, externalIds = {} }: Parameters<typeof startOpenVswitch>[2],
): Promise<void> {
  await using client = await connect({ remotes: remote });
  const transaction = new Transaction(vswitchSchema, client);
  const rows = bridges.map((bridge) =>
    transaction.insert('Bridge', {
      name: bridge.name,
      datapath_type: 'netdev',
      fail_mode: 'standalone',
      ...(bridge.mac === undefined ? {} : { other_config: { hwaddr: bridge.mac } }),
      ports: [{ name: bridge.name }, ...bridge.ports].map((port) =>
        insertPort(transaction, port, bridge.name),
      ),
    }),
  );
  transaction.insert('Open_vSwitch', {
    bridges: rows,
    external_ids: { 'system-id': machine.name, hostname: machine.name, ...externalIds },
    other_config: {
      // The whole lab runs on two cores.
      'n-handler-threads': '1',
      'n-revalidator-threads': '1',
      // ovn-controller may pause in the middle of a bundle to compute. With thousands of ports the pause is
      // longer than the default of 10 s: the switch then discards the bundle, and ovn-controller 23.03 never
      // stops waiting for its result.
      'bundle-idle-timeout': '120',
    },
  });
  await transaction.commit();
}

function insertPort(transaction: Transaction<VswitchTables>, port: PortSpec, bridge: string) {
  const internal = port.name === bridge ? { type: 'internal' } : {};
  const iface = transaction.insert('Interface', {
    name: port.name,
    ...internal,
    ...(port.externalIds ? { external_ids: port.externalIds } : {}),
  });
  return transaction.insert('Port', { name: port.name, interfaces: [iface] });
}

/** Adds a port to a bridge of a running switch. */
export async function addPort(remote: string, bridge: string, port: PortSpec): Promise<void> {
  await using client = await connect({ remotes: remote });
  await using replica = await openReplica(client, vswitchSchema, {
    Bridge: ['name', 'ports'],
    Interface: ['name', 'ofport', 'error'],
  });
  const row = await replica.until((now) => now.find('Bridge', { name: bridge })[0], { timeoutMs: 30_000 });
  const transaction = replica.transaction();
  const added = insertPort(transaction, port, bridge);
  await transaction.mutate('Bridge', row._uuid, { insert: { ports: [added] } }).commit();
  await replica.until((now) => now.find('Interface', { name: port.name })[0]?.ofport !== undefined, {
    timeoutMs: 30_000,
  });
}
