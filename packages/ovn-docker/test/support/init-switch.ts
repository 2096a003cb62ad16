import { connect, openReplica, type VswitchTables, vswitchSchema } from '@ovn-docker/ovsdb';
import { startMemoryServer } from '@ovn-docker/ovsdb/testing';
import type { InitNetwork } from './init-network.ts';

const text = { type: 'string' };
const texts = { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } };
const optional = (key: unknown) => ({ type: { key, min: 0, max: 1 } });
const refs = (refTable: string) => ({ type: { key: { type: 'uuid', refTable }, min: 0, max: 'unlimited' } });

/** The part of vswitch.ovsschema that init uses. */
const schema = {
  name: 'Open_vSwitch',
  version: '8.3.1',
  tables: {
    Open_vSwitch: {
      isRoot: true,
      columns: { bridges: refs('Bridge'), next_cfg: { type: 'integer' }, cur_cfg: { type: 'integer' } },
    },
    Bridge: {
      indexes: [['name']],
      columns: {
        name: text,
        ports: refs('Port'),
        datapath_type: text,
        other_config: texts,
        external_ids: texts,
      },
    },
    Port: { indexes: [['name']], columns: { name: text, interfaces: refs('Interface') } },
    Interface: {
      indexes: [['name']],
      columns: {
        name: text,
        type: text,
        mtu_request: optional('integer'),
        ofport: optional('integer'),
        error: optional('string'),
      },
    },
  },
};

/** A machine's Open vSwitch in memory, with an ovs-vswitchd that makes the interfaces of bridges. */
export interface InitSwitch extends AsyncDisposable {
  readonly remote: string;
  /** Names of the ports of the bridge; undefined if there is none. */
  ports(bridge: string): Promise<readonly string[] | undefined>;
  /** All rows without their UUIDs. */
  dump(): Promise<unknown>;
  /** Stops and starts ovs-vswitchd, as a boot does. */
  setRunning(runs: boolean): void;
}

export async function openInitSwitch(network: InitNetwork): Promise<InitSwitch> {
  const opened = new AsyncDisposableStack();
  const server = opened.use(await startMemoryServer({ schemas: [schema] }));
  const client = opened.use(await connect({ remotes: server.remote }));
  const replica = opened.use(
    await openReplica(client, vswitchSchema, {
      Open_vSwitch: ['bridges', 'next_cfg', 'cur_cfg'],
      Bridge: ['name', 'ports', 'datapath_type', 'other_config', 'external_ids'],
      Port: ['name', 'interfaces'],
      Interface: ['name', 'type', 'mtu_request', 'ofport', 'error'],
    }),
  );
  const make = replica.transaction();
  make.insert('Open_vSwitch', {});
  await make.commit();
  let runs = true;
  const makeInterfaces = () => {
    for (const { name, other_config } of replica.rows('Bridge').values())
      network.add(name, { kind: 'openvswitch', mac: other_config['hwaddr'] ?? '02:00:00:00:00:99' });
  };
  const serve = async () => {
    const [root] = replica.rows('Open_vSwitch').values();
    if (!runs || !root || root.cur_cfg >= root.next_cfg) return;
    for (const { name, kind } of network.links())
      if (kind === 'openvswitch' && replica.find('Bridge', { name }).length === 0) network.remove(name);
    makeInterfaces();
    const write = replica.transaction();
    for (const { _uuid, name } of replica.rows('Interface').values())
      write.update(
        'Interface',
        _uuid,
        network.link(name) ? { ofport: 1 } : { ofport: -1, error: 'No such device' },
      );
    write.update('Open_vSwitch', root._uuid, { cur_cfg: root.next_cfg });
    await write.commit();
  };
  replica.on('change', () => void serve().catch(() => undefined));
  const synchronise = async () => {
    const [root] = replica.rows('Open_vSwitch').values();
    if (root)
      await replica
        .transaction()
        .mutate('Open_vSwitch', root._uuid, { add: { next_cfg: 0 } })
        .commit();
  };
  const rowOf = (bridge: VswitchTables['Bridge']) =>
    bridge.ports.map((uuid) => replica.get('Port', uuid)?.name ?? '');
  return {
    remote: server.remote,
    async ports(name) {
      await synchronise();
      const [bridge] = replica.find('Bridge', { name });
      return bridge && rowOf(bridge);
    },
    async dump() {
      await synchronise();
      return {
        bridges: [...replica.rows('Bridge').values()].map((bridge) => ({
          ...bridge,
          _uuid: undefined,
          ports: rowOf(bridge).toSorted(),
        })),
        ports: [...replica.rows('Port').values()].map(({ name }) => name).toSorted(),
        interfaces: [...replica.rows('Interface').values()]
          .map(({ name, mtu_request }) => `${name} ${mtu_request}`)
          .toSorted(),
      };
    },
    setRunning(now) {
      runs = now;
      if (runs) makeInterfaces();
      void serve().catch(() => undefined);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
