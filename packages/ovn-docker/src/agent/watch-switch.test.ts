import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { startMemoryServer } from '@ovn-docker/ovsdb/testing';
import { expect, it } from 'vitest';
import { VmSwitch } from '../clients/vm-switch.ts';
import { rowKeys } from '../nics/names.ts';
import { watchSwitch } from './watch-switch.ts';

const text = { type: 'string' };
const texts = { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } };
const optional = (key: unknown) => ({ type: { key, min: 0, max: 1 } });
const refs = (refTable: string) => ({
  type: { key: { type: 'uuid', refTable }, min: 0, max: 'unlimited' },
});

/** The part of vswitch.ovsschema that the agent reads. */
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
        tag: optional('integer'),
        vlan_mode: optional('string'),
        interfaces: refs('Interface'),
        external_ids: texts,
      },
    },
    Interface: {
      columns: {
        name: text,
        ofport: optional('integer'),
        error: optional('string'),
        mac_in_use: optional('string'),
        link_state: optional('string'),
        external_ids: texts,
      },
    },
  },
};

/**
 * A switch with two ports of the agent and one of another program; clients of the agent and of that program.
 */
async function scene() {
  const opened = new AsyncDisposableStack();
  const server = opened.use(await startMemoryServer({ schemas: [schema] }));
  const client = opened.use(await connect({ remotes: server.remote }));
  const otherProgram = opened.use(
    await openReplica(client, vswitchSchema, {
      Bridge: ['name', 'ports'],
      Port: ['name', 'tag', 'external_ids'],
      Interface: ['name', 'link_state'],
    }),
  );
  const make = otherProgram.transaction();
  const ports = ['ovn-5', 'ovn-6', 'eth7'].map((name) => {
    const externalIds: Record<string, string> = name.startsWith('ovn') ? { [rowKeys.nic]: name } : {};
    const iface = make.insert('Interface', { name });
    return make.insert('Port', { name, interfaces: [iface], tag: 5, external_ids: externalIds });
  });
  make.insert('Bridge', { name: 'br0', ports });
  make.insert('Open_vSwitch', {});
  await make.commit();
  const vmSwitch = opened.use(await VmSwitch.open(server.remote, 'br0'));
  const touched = { count: 0 };
  opened.defer(watchSwitch(vmSwitch, () => touched.count++));
  /** Resolves when the agent has seen all earlier changes. */
  const synchronise = () => vmSwitch.writeRecord('seen', String(Math.random()));
  return { vmSwitch, otherProgram, touched, synchronise, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

it("reports what another program does to the agent's ports, and nothing else", async () => {
  await using world = await scene();
  const { vmSwitch, otherProgram, touched, synchronise } = world;
  await vmSwitch.annotate('ovn-5', { [rowKeys.claimed]: 'now', [rowKeys.label]: 'l' });
  await vmSwitch.retag('ovn-5', 6);
  await vmSwitch.unplug(['ovn-6']);
  await otherProgram.transaction().update('Port', { name: 'eth7' }, { tag: 8 }).commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlan]).toEqual([0, 6]);

  await otherProgram.transaction().update('Port', { name: 'ovn-5' }, { tag: 7 }).commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlan]).toEqual([1, 7]);

  const [row] = otherProgram.find('Port', { name: 'ovn-5' });
  const remove = otherProgram.transaction();
  remove.mutate('Bridge', { name: 'br0' }, { delete: { ports: row ? [row._uuid] : [] } });
  await remove.commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')]).toEqual([2, undefined]);
});

it('reports each time that an interface gets a carrier', async () => {
  await using world = await scene();
  const up: string[] = [];
  const stop = world.vmSwitch.onLinkUp((name) => up.push(name));
  const setLinkState = async (name: string, link_state: 'up' | 'down') => {
    await world.otherProgram.transaction().update('Interface', { name }, { link_state }).commit();
    await world.synchronise();
    return [...up];
  };
  expect(await setLinkState('ovn-5', 'down')).toEqual([]);
  expect(await setLinkState('ovn-5', 'up')).toEqual(['ovn-5']);
  expect(await setLinkState('ovn-5', 'up')).toEqual(['ovn-5']);
  await setLinkState('ovn-5', 'down');
  expect(await setLinkState('ovn-5', 'up')).toEqual(['ovn-5', 'ovn-5']);
  stop();
  expect(await setLinkState('ovn-6', 'up')).toHaveLength(2);
});
