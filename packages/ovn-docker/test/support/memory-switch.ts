import { connect, openReplica, type Replica, type VswitchTables, vswitchSchema } from '@ovn-docker/ovsdb';
import { startMemoryServer } from '@ovn-docker/ovsdb/testing';
import { VmSwitch } from '../../src/clients/vm-switch.ts';

const text = { type: 'string' };
const texts = { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } };
const optional = (key: unknown) => ({ type: { key, min: 0, max: 1 } });
const many = (key: unknown) => ({ type: { key, min: 0, max: 'unlimited' } });
const refs = (refTable: string) => many({ type: 'uuid', refTable });

/** The part of vswitch.ovsschema that the agent reads. */
export const switchSchema = {
  name: 'Open_vSwitch',
  version: '8.3.1',
  tables: {
    Open_vSwitch: {
      isRoot: true,
      columns: { next_cfg: { type: 'integer' }, cur_cfg: { type: 'integer' } },
    },
    Bridge: {
      isRoot: true,
      columns: {
        name: text,
        ports: refs('Port'),
        mirrors: refs('Mirror'),
        flood_vlans: many('integer'),
        datapath_type: text,
        external_ids: texts,
      },
    },
    Port: {
      columns: {
        name: text,
        tag: optional('integer'),
        trunks: many('integer'),
        vlan_mode: optional('string'),
        interfaces: refs('Interface'),
        external_ids: texts,
      },
    },
    Interface: {
      columns: {
        name: text,
        type: text,
        ifindex: optional('integer'),
        mtu_request: optional('integer'),
        admin_state: optional('string'),
        options: texts,
        ofport: optional('integer'),
        error: optional('string'),
        mac_in_use: optional('string'),
        link_state: optional('string'),
        external_ids: texts,
      },
    },
    Mirror: { columns: { name: text, output_vlan: optional('integer') } },
  },
};

/** An Open_vSwitch database in memory, with bridge br0: the agent's client and another program's. */
export interface MemorySwitch extends AsyncDisposable {
  readonly vmSwitch: VmSwitch;
  readonly otherProgram: Replica<VswitchTables>;
  /** Resolves when the agent has seen all earlier changes. */
  synchronise(): Promise<void>;
}

/** A port of the other program. */
export type PortRow = Partial<
  Pick<VswitchTables['Port'], 'tag' | 'trunks' | 'vlan_mode' | 'external_ids'>
> & {
  readonly name: string;
  /** Name of the patch port at the other end. */
  readonly peer?: string;
};

/** Adds a bridge with these ports, as `ovs-vsctl` does. */
export async function addBridge(
  otherProgram: Replica<VswitchTables>,
  name: string,
  ports: readonly PortRow[],
): Promise<void> {
  const make = otherProgram.transaction();
  const rows = ports.map(({ peer, ...port }) => {
    const patch = peer === undefined ? {} : { type: 'patch', options: { peer } };
    const iface = make.insert('Interface', { name: port.name, ...patch });
    return make.insert('Port', { ...port, interfaces: [iface] });
  });
  make.insert('Bridge', { name, ports: rows });
  await make.commit();
}

/** Starts the database with bridge br0 and these ports on it. */
export async function openMemorySwitch(ports: readonly PortRow[]): Promise<MemorySwitch> {
  const opened = new AsyncDisposableStack();
  const server = opened.use(await startMemoryServer({ schemas: [switchSchema] }));
  const client = opened.use(await connect({ remotes: server.remote }));
  const otherProgram = opened.use(
    await openReplica(client, vswitchSchema, {
      Open_vSwitch: ['next_cfg', 'cur_cfg'],
      Bridge: ['name', 'ports', 'mirrors', 'flood_vlans'],
      Port: ['name', 'tag', 'trunks', 'vlan_mode', 'external_ids'],
      Interface: ['name', 'type', 'options', 'link_state', 'admin_state'],
      Mirror: ['name', 'output_vlan'],
    }),
  );
  const make = otherProgram.transaction();
  make.insert('Open_vSwitch', {});
  await make.commit();
  await addBridge(otherProgram, 'br0', ports);
  const vmSwitch = opened.use(await VmSwitch.open(server.remote, 'br0'));
  const synchronise = () => vmSwitch.writeRecords({ seen: String(Math.random()) });
  return { vmSwitch, otherProgram, synchronise, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
