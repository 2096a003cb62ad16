import { expect, it } from 'vitest';
import { addBridge, openMemorySwitch } from '../../test/support/memory-switch.ts';
import { rowKeys } from '../nics/names.ts';
import { watchSwitch } from './watch-switch.ts';

/** A switch with two ports of the agent and one of another program. */
async function scene() {
  const ports = ['ovn-5', 'ovn-6', 'eth7'].map((name) => {
    const externalIds: Record<string, string> = name.startsWith('ovn') ? { [rowKeys.nic]: name } : {};
    return { name, tag: 5, external_ids: externalIds };
  });
  const memory = await openMemorySwitch(ports);
  const touched = { count: 0 };
  watchSwitch(memory.vmSwitch, () => touched.count++);
  return { ...memory, touched };
}

it("reports what another program does to the agent's ports, and nothing else", async () => {
  await using world = await scene();
  const { vmSwitch, otherProgram, touched, synchronise } = world;
  await vmSwitch.annotate('ovn-5', { [rowKeys.claimed]: 'now', [rowKeys.label]: 'l' });
  const notes = { [rowKeys.claimed]: 'now', [rowKeys.label]: 'l' };
  const restored = vmSwitch.restore([
    { name: 'ovn-5', vlan: 6, externalIds: { [rowKeys.nic]: 'ovn-5' }, notes },
  ]);
  // The part of ovs-vswitchd, which does not run here.
  const [root] = otherProgram.rows('Open_vSwitch').values();
  if (root) await otherProgram.transaction().update('Open_vSwitch', root._uuid, { cur_cfg: 1 }).commit();
  await restored;
  await vmSwitch.unplug(['ovn-6']);
  await otherProgram.transaction().update('Port', { name: 'eth7' }, { tag: 8 }).commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlan]).toEqual([0, 6]);

  await otherProgram.transaction().update('Port', { name: 'ovn-5' }, { tag: 7 }).commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlan]).toEqual([1, 7]);

  await otherProgram.transaction().update('Port', { name: 'ovn-5' }, { vlan_mode: 'trunk' }).commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')?.vlanMode]).toEqual([2, 'trunk']);

  const setState = (name: string, admin_state: 'up' | 'down') =>
    otherProgram.transaction().update('Interface', { name }, { admin_state }).commit();
  for (const state of ['up', 'down', 'down'] as const) await setState('ovn-5', state);
  await setState('eth7', 'down');
  await synchronise();
  expect(touched.count).toBe(3);

  const [row] = otherProgram.find('Port', { name: 'ovn-5' });
  const remove = otherProgram.transaction();
  remove.mutate('Bridge', { name: 'br0' }, { delete: { ports: row ? [row._uuid] : [] } });
  await remove.commit();
  await synchronise();
  expect([touched.count, vmSwitch.port('ovn-5')]).toEqual([4, undefined]);
});

it('reports a port of another program that takes the VLAN of a port of the agent, and no other new port', async () => {
  await using world = await scene();
  const { vmSwitch, otherProgram, touched, synchronise } = world;
  await addBridge(otherProgram, 'br1', [{ name: 'v9', tag: 9 }, { name: 'v10' }]);
  await vmSwitch.annotate('ovn-5', { [rowKeys.claimed]: 'now' });
  await synchronise();
  expect(touched.count).toBe(0);
  await addBridge(otherProgram, 'br2', [{ name: 'v5', tag: 5 }]);
  await synchronise();
  expect(touched.count).toBe(1);
  await otherProgram
    .transaction()
    .update('Port', { name: 'v10' }, { trunks: [4, 6] })
    .commit();
  await synchronise();
  expect(touched.count).toBe(2);
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

it('another program removes the bridge: its ports are gone, and no listener throws', async () => {
  await using world = await scene();
  const { vmSwitch, otherProgram, touched } = world;
  await addBridge(otherProgram, 'br1', [{ name: 'eth8' }]);
  const answers = new Map<string, unknown>();
  const taken = Promise.withResolvers<void>();
  for (const watch of ['onPortChange', 'onLinkUp', 'onTakenDown'] as const) {
    vmSwitch[watch]((name) => {
      answers.set(watch, vmSwitch.port(name));
      if (watch === 'onTakenDown') taken.resolve();
    });
  }
  await otherProgram.transaction().delete('Bridge', { name: 'br0' }).commit();
  for (const state of ['up', 'down'] as const) {
    const states = { admin_state: state, link_state: state };
    await otherProgram.transaction().update('Interface', { name: 'eth8' }, states).commit();
  }
  await taken.promise;
  expect([...answers]).toEqual([
    ['onPortChange', undefined],
    ['onLinkUp', undefined],
    ['onTakenDown', undefined],
  ]);
  expect([touched.count, vmSwitch.port('ovn-5')]).toEqual([2, undefined]);
  expect(() => vmSwitch.ports()).toThrow('Open vSwitch has no bridge "br0"');
});
