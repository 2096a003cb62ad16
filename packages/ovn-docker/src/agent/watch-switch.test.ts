import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { startMemoryServer } from '@ovn-docker/ovsdb/testing';
import { expect, it } from 'vitest';
import { VmSwitch } from '../clients/vm-switch.ts';
import { rowKeys } from '../nics/names.ts';
import { watchSwitch } from './watch-switch.ts';

const text = { type: 'string' };
const texts = { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } };
const perhaps = (key: unknown) => ({ type: { key, min: 0, max: 1 } });
const refs = (refTable: string) => ({
  type: { key: { type: 'uuid', refTable }, min: 0, max: 'unlimited' },
});

/** Of vswitch.ovsschema what the agent looks at. */
const schema = {
  name: 'Open_vSwitch',
  version: '8.3.1',
  tables: {
    Open_vSwitch: {
      isRoot: true,
      columns: { next_cfg: { type: 'integer' }, cur_cfg: { type: 'integer' } },
    },
    Bridge: {
      isRoot: true,
      columns: { name: text, ports: refs('Port'), datapath_type: text, external_ids: texts },
    },
    Port: {
      columns: {
        name: text,
        tag: perhaps('integer'),
        vlan_mode: perhaps('string'),
        interfaces: refs('Interface'),
        external_ids: texts,
      },
    },
    Interface: {
      columns: {
        name: text,
        ofport: perhaps('integer'),
        error: perhaps('string'),
        mac_in_use: perhaps('string'),
        link_state: perhaps('string'),
        external_ids: texts,
      },
    },
  },
};

/** A switch with two ports of ours and one of somebody else's, the agent's hand and another one. */
async function scene() {
  const opened = new AsyncDisposableStack();
  const server = opened.use(await startMemoryServer({ schemas: [schema] }));
  const client = opened.use(await connect({ remotes: server.remote }));
  const others = opened.use(
    await openReplica(client, vswitchSchema, {
      Bridge: ['name', 'ports'],
      Port: ['name', 'tag', 'external_ids'],
      Interface: ['name', 'link_state'],
    }),
  );
  const make = others.transaction();
  const ports = ['ovn-5', 'ovn-6', 'eth7'].map((name) => {
    const ours: Record<string, string> = name.startsWith('ovn') ? { [rowKeys.nic]: name } : {};
    const iface = make.insert('Interface', { name });
    return make.insert('Port', { name, interfaces: [iface], tag: 5, external_ids: ours });
  });
  make.insert('Bridge', { name: 'br0', ports });
  make.insert('Open_vSwitch', {});
  await make.commit();
  const vmSwitch = opened.use(await VmSwitch.open(server.remote, 'br0'));
  const touched = { count: 0 };
  opened.defer(watchSwitch(vmSwitch, () => touched.count++));
  /** The agent has seen all that was done before. */
  const seen = () => vmSwitch.writeNote('seen', String(Math.random()));
  return { vmSwitch, others, touched, seen, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

it('tells of what others do to ports of ours, and not of what is done by us or to others', async () => {
  await using on = await scene();
  const { vmSwitch, others, touched, seen } = on;
  await vmSwitch.annotate('ovn-5', { [rowKeys.claimed]: 'now', [rowKeys.label]: 'l' });
  await vmSwitch.retag('ovn-5', 6);
  await vmSwitch.unplug(['ovn-6']);
  await others.transaction().update('Port', { name: 'eth7' }, { tag: 8 }).commit();
  await seen();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlan]).toEqual([0, 6]);

  await others.transaction().update('Port', { name: 'ovn-5' }, { tag: 7 }).commit();
  await seen();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlan]).toEqual([1, 7]);

  const [row] = others.find('Port', { name: 'ovn-5' });
  const remove = others.transaction();
  remove.mutate('Bridge', { name: 'br0' }, { delete: { ports: row ? [row._uuid] : [] } });
  await remove.commit();
  await seen();
  expect([touched.count, vmSwitch.port('ovn-5')]).toEqual([2, undefined]);
});

it('tells of an interface that gets a carrier, once each time', async () => {
  await using on = await scene();
  const up: string[] = [];
  const end = on.vmSwitch.onLinkUp((name) => up.push(name));
  const set = async (name: string, link_state: 'up' | 'down') => {
    await on.others.transaction().update('Interface', { name }, { link_state }).commit();
    await on.seen();
    return [...up];
  };
  expect(await set('ovn-5', 'down')).toEqual([]);
  expect(await set('ovn-5', 'up')).toEqual(['ovn-5']);
  expect(await set('ovn-5', 'up')).toEqual(['ovn-5']);
  await set('ovn-5', 'down');
  expect(await set('ovn-5', 'up')).toEqual(['ovn-5', 'ovn-5']);
  end();
  expect(await set('ovn-6', 'up')).toHaveLength(2);
});
